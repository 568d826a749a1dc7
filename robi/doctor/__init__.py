"""`robi doctor`: a look at everything that keeps a robot from talking, and what to do about each.

`house` looks at settings and rights, `kept` at disk, database, backups and certificate, `live` at
the port and the proxy in front, `model` at the way to the model and at the clock. Each look is a
function from the settings to findings; nothing that is kept is changed by any.
"""
