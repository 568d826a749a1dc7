"""The door for readers: questions about texts over HTTP (docs/chat.md).

`door` says who may ask and how often, `crossing` which pages' browsers may, `places` where each
stream stands. `attending` puts a question to a session and hears it out, `answers` sends what it
says, whole or as `events`; `asking` answers a request with all of these. `script` serves the
widget. What can be asked, and with which errors, is in `robi.web.api.table`.
"""
