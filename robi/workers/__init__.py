"""Several processes on one machine that are one server (docs/decisions/0021-workers.md).

Nothing in here is imported by a server of one process.
"""
