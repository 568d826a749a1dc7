"""What the sessions of all processes share: who is forgotten, who is incognito, who speaks of what.

Owns the same three that a server of one process has in memory (`Forgotten`, the visits of
`Discretion`, `Claims`), each in a form that tells others of what happens to it. At home they are
decided; elsewhere they are an image of that.
"""

from collections.abc import Callable
from typing import Final

import trio
from attrs import define, field

from robi.actors.ask import Ask
from robi.actors.claims import Claims
from robi.actors.forgotten import Forgotten, Order
from robi.actors.mail import Forgot, Hushed
from robi.store.base import digest
from robi.workers.news import (
    Digests,
    Lapsed,
    MaySpeak,
    Released,
    Standing,
    Taken,
    Visited,
    VisitOver,
)

Tell = Callable[[object], None]
"""Tells every other process, or home; without waiting."""

HOLD_S: Final = 10.0
"""Seconds for which home keeps a reminder for a session that may speak of it."""

SPEAK_WITHIN_S: Final = 5.0
"""Seconds, since it asked, in which that session may begin: so long before others may."""


# ── who is forgotten ──────────────────────────────────────────────────────────────────────


@define(eq=False)
class ForgottenAtHome(Forgotten):
    """What is forgotten, as the memory has it; others are told of every change in its order.

    Args:
        tell: tells the others.
        announce_to_all: tells the others news that they must have before anything is erased.
    """

    _tell: Tell
    _announce_to_all: Callable[[Forgot | Hushed], None]

    def load(self, digests: frozenset[str]) -> None:
        """See `Forgotten.load`."""
        super().load(digests)
        self._tell(Digests(added=digests))

    def add(self, person_id: str) -> None:
        """See `Forgotten.add`."""
        super().add(person_id)
        self._tell(Digests(added=frozenset({digest(person_id)})))

    def readmit(self, person_id: str) -> None:
        """See `Forgotten.readmit`."""
        super().readmit(person_id)
        self._tell(Digests(removed=frozenset({digest(person_id)})))

    def finish(self, order: Order) -> None:
        """See `Forgotten.finish`."""
        super().finish(order)
        self._tell(Lapsed(tuple(order.about)))

    def announce(self, news: Forgot | Hushed) -> bool:
        """See `Forgotten.announce`."""
        self._announce_to_all(news)
        return super().announce(news)

    def standing(self, visits: "Visits", claims: Claims) -> Standing:
        """Return all that a process must know that comes now."""
        done = [order for order in self._orders if order not in self.unfinished]
        now = trio.current_time()
        return Standing(
            frozenset(self._digests),
            tuple(self.recent()),
            tuple(forgot for order in done for forgot in order.about),
            tuple((who, now - at) for who, at in visits.items()),
            tuple(claims.taken.items()),
        )


@define(eq=False)
class ForgottenElsewhere(Forgotten):
    """The image of it in another process."""

    def begin_with(self, standing: Standing) -> None:
        """Take all that there is."""
        self.load(standing.digests)
        for news in standing.recent:
            self.take(news)
        self.lapse(standing.lapsed)

    def take(self, news: Forgot | Hushed) -> bool:
        """Take news for the sessions; return as `announce` does."""
        if isinstance(news, Forgot):
            self.hear(news)
        return self.announce(news)

    def change(self, change: Digests) -> None:
        """Take who means nobody from now on, and who does again."""
        self._digests |= change.added
        self._digests -= change.removed


# ── who is incognito ──────────────────────────────────────────────────────────────────────


class Visits(dict[str, float]):
    """Who is incognito, and when they were last heard, on the clock of this process.

    What a visit's end by silence takes away is told to nobody: every process sees that by itself.
    """

    def __init__(self, tell: Tell) -> None:
        """Tell others by `tell` of what is noted here."""
        super().__init__()
        self._tell = tell

    def __setitem__(self, person_id: str, at: float) -> None:
        super().__setitem__(person_id, at)
        self._tell(Visited(person_id))

    def pop(self, person_id: str, *default: object) -> object:  # type: ignore[override]
        """End a visit, as the person wishes."""
        self._tell(VisitOver(person_id))
        return super().pop(person_id, *default)

    def note(self, person_id: str, seconds_ago: float = 0.0) -> None:
        """Note what is told from elsewhere."""
        super().__setitem__(person_id, trio.current_time() - seconds_ago)

    def end(self, person_id: str) -> None:
        """Note what is told from elsewhere."""
        super().pop(person_id, None)


# ── who speaks of what ────────────────────────────────────────────────────────────────────


@define(eq=False)
class ClaimsAtHome(Claims):
    """The claims of all processes: here it is decided who speaks."""

    _tell: Tell
    _held: dict[str, trio.CancelScope] = field(factory=dict, init=False)
    """Reminders that are kept for a session elsewhere, which has not begun to speak of them."""

    def take(self, reminder_id: str, session_id: str) -> None:
        """See `Claims.take`."""
        super().take(reminder_id, session_id)
        if (held := self._held.pop(reminder_id, None)) is not None:
            held.cancel()
        self._tell(Taken(reminder_id, session_id))

    def release(self, reminder_id: str) -> None:
        """See `Claims.release`."""
        super().release(reminder_id)
        self._tell(Released(reminder_id))

    async def hold(self, owed: Ask[bool], asked: MaySpeak) -> None:
        """Answer whether a session elsewhere may speak of it; if so keep it for a while."""
        reminder_id = asked.reminder_id
        if reminder_id in self._held or not self.allow(reminder_id, asked.session_id):
            owed.reply(False)
            return
        self.take(reminder_id, asked.session_id)
        owed.reply(True)
        scope = self._held[reminder_id] = trio.CancelScope(relative_deadline=HOLD_S)
        try:
            with scope:
                await trio.sleep_forever()
        finally:
            if self._held.get(reminder_id) is scope:  # it has not been spoken of
                del self._held[reminder_id]
                self.release(reminder_id)


@define(eq=False)
class ClaimsElsewhere(Claims):
    """The image of them in another process: who wants to speak asks home first."""

    _tell: Tell
    _ask: Callable[[MaySpeak, Callable[[bool], None]], None]
    """Asks home, and calls back with the answer."""
    _until: dict[tuple[str, str], float] = field(factory=dict, init=False)
    """Until when a session may begin to speak of a reminder; the past, while home is asked."""

    def take(self, reminder_id: str, session_id: str) -> None:
        """See `Claims.take`."""
        self._until.pop((reminder_id, session_id), None)
        super().take(reminder_id, session_id)
        self._tell(Taken(reminder_id, session_id))

    def release(self, reminder_id: str) -> None:
        """See `Claims.release`."""
        super().release(reminder_id)
        self._tell(Released(reminder_id))

    def note(self, news: Taken | Released) -> None:
        """Note what is told by home."""
        if isinstance(news, Taken):
            super().take(news.reminder_id, news.session_id)
        else:
            super().release(news.reminder_id)

    def may_speak(self, reminder_id: str, session_id: str, again: Callable[[], None]) -> bool:
        """See `Claims.may_speak`."""
        if not self.allow(reminder_id, session_id):
            return False
        wanted, now = (reminder_id, session_id), trio.current_time()
        self._until = {key: at for key, at in self._until.items() if at > now - HOLD_S}
        if (until := self._until.get(wanted)) is not None:
            return now < until
        self._until[wanted] = now

        def answered(may: bool) -> None:
            if may and wanted in self._until:
                self._until[wanted] = now + SPEAK_WITHIN_S
                again()

        self._ask(MaySpeak(reminder_id, session_id), answered)
        return False
