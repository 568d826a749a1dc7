"""Which session speaks of a reminder that several know of.

Owns who has taken what. A reminder that was set without a device is of no robot: every session that
its person comes to knows of it, and the first to speak of it, or to cancel it, takes it from the
others. In memory only: what was taken is gone from the store as well.
"""

from collections.abc import Callable, Mapping
from typing import Final

from attrs import define, field

MOST: Final = 10_000
"""Claims that are known; of more the oldest are forgotten, whose reminders nobody has any more."""


@define(eq=False)
class Claims:
    """The claims of one server, by reminder."""

    _taken: dict[str, str] = field(factory=dict, init=False)

    @property
    def taken(self) -> Mapping[str, str]:
        """The session that has each reminder."""
        return self._taken

    def take(self, reminder_id: str, session_id: str) -> None:
        """From now on it is that session's alone."""
        self._taken[reminder_id] = session_id
        while len(self._taken) > MOST:
            del self._taken[next(iter(self._taken))]

    def release(self, reminder_id: str) -> None:
        """It is anybody's again: nobody heard a word of it."""
        self._taken.pop(reminder_id, None)

    def allow(self, reminder_id: str, session_id: str) -> bool:
        """Tell whether no other session has taken it."""
        return self._taken.get(reminder_id, session_id) == session_id

    def may_speak(self, reminder_id: str, session_id: str, _again: Callable[[], None]) -> bool:
        """Tell whether that session may take it now, to speak of it.

        Where that is decided elsewhere it is False at first; `_again` is called when it may.
        """
        return self.allow(reminder_id, session_id)
