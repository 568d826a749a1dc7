"""A strict reader of server-sent events: what a browser makes of them, and nothing forgiven."""

import json
from typing import Any

from attrs import define, field, frozen

FIELDS = {"id", "event", "data", "retry"}


@frozen
class Event:
    """One event; `last_id` is the last id at its time, its own if it has one."""

    kind: str
    data: dict[str, Any]
    last_id: str
    has_id: bool


@define(eq=False)
class EventReader:
    """Takes bytes as they come; fails at whatever a browser would pass over."""

    events: list[Event] = field(factory=list)
    comments: int = 0
    retry_ms: int | None = None
    last_id: str = ""
    _rest: bytes = b""
    _fields: dict[str, str] = field(factory=dict)

    def feed(self, data: bytes) -> list[Event]:
        """Return the events that are whole now."""
        assert b"\r" not in data
        known = len(self.events)
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._take(line.decode("utf-8"))
        return self.events[known:]

    def end(self) -> None:
        """Fail if the stream ends within an event."""
        assert (self._rest, self._fields) == (b"", {})

    def _take(self, line: str) -> None:
        if not line:
            self._dispatch()
        elif line.startswith(":"):
            self.comments += 1
        else:
            name, separator, value = line.partition(": ")
            assert separator, line
            assert name in FIELDS, line
            assert name not in self._fields, f"two lines of {name}"
            self._fields[name] = value

    def _dispatch(self) -> None:
        fields, self._fields = self._fields, {}
        if "retry" in fields:
            self.retry_ms = int(fields["retry"])
        if "id" in fields:
            assert "\0" not in fields["id"]
            self.last_id = fields["id"]
        if "data" in fields:
            data = json.loads(fields["data"])
            assert data["type"] == fields["event"]
            self.events.append(Event(fields["event"], data, self.last_id, "id" in fields))
