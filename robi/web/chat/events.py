"""Server-sent events: how an answer is written to a stream (WHATWG HTML, §9.2).

Owns the framing, without I/O. What is sent is JSON without line breaks, so that each event is one
line of data.
"""

import orjson

MEDIA_TYPE = "text/event-stream"
RETRY_MS = 500
"""After how long a browser takes a stream up again that was cut."""

COMMENT = b": \n\n"
"""What keeps proxies from believing that nothing lives here."""


def opening(place: str | None = None) -> bytes:
    """Return what a stream begins with.

    With an id and no event, it can be taken up before anything has come.
    """
    at = f"id: {place}\n" if place else ""
    return f"retry: {RETRY_MS}\n{at}\n".encode()


def event(kind: str, message: object, place: str | None = None) -> bytes:
    """Return an event; one that can be taken up from has an id.

    Args:
        message: anything that is JSON; its text has no raw line break.
    """
    at = f"id: {place}\n" if place else ""
    return b"%sevent: %s\ndata: %s\n\n" % (at.encode(), kind.encode(), orjson.dumps(message))


def wants_events(accept: str) -> bool:
    """Whether a client that sends this header would rather have events than JSON.

    Only who names them does: `*/*` is what everybody sends (RFC 9110 §12.5.1).
    """
    weights: dict[str, float] = {}
    for offer in accept.lower().split(","):
        kind, *parameters = (part.strip() for part in offer.split(";"))
        weights[kind] = min((_quality(each) for each in parameters), default=1.0)
    events = weights.get(MEDIA_TYPE, 0.0)
    return events > 0 and events >= weights.get("application/json", 0.0)


def _quality(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
