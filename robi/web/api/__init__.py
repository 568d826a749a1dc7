"""The HTTP side (protocol.md §10): one table of calls, and what is made from it.

`table` says every call; routing and errors (`app`), decoding (`decoding`) and the OpenAPI document
(`openapi`, shown as a page by `page`) all read it there.
"""
