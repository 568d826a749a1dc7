"""What the server tells about itself: structlog set up, and what may never be in it.

An entry's ids (`request_id`, `session_id`, `turn_id`, `link_id`) come from context variables, which
tasks inherit:

    with structlog.contextvars.bound_contextvars(session_id=session.id): ...

`log` sets it up, `entries` takes out what may not be written, `sink` writes, a file for each day.
Logging never stops the server: a line that cannot be written (full disk, closed pipe) is
counted, and the count is told once lines can be written again.
"""

from robi.telemetry.log import configure, mute, reopen_log, tell_crash

__all__ = ["configure", "mute", "reopen_log", "tell_crash"]
