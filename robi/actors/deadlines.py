"""When whom is to be woken: the timers of all sessions, without a task for any.

Owned by `sessions`, which looks at each tick of the one clock; a session sets its own. Findings:
10,000 one-second timers cost half a core, a dictionary that is mostly empty costs nothing.
"""

from attrs import define, field


@define(eq=False)
class Deadlines:
    """At most one deadline a name, in seconds of trio's clock."""

    _at: dict[str, float] = field(factory=dict, init=False)

    def set(self, name: str, at: float | None) -> None:
        """Wake `name` at `at`, or not at all."""
        if at is None:
            self._at.pop(name, None)
        else:
            self._at[name] = at

    def pop_due(self, now: float) -> list[str]:
        """Return whose time has come, and forget their deadlines."""
        due = [name for name, at in self._at.items() if at <= now]
        for name in due:
            del self._at[name]
        return due
