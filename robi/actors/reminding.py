"""Timers and reminders of one robot: what it is to speak of, to whom, and when.

Owns those that have not been spoken of, in RAM; the store has them too, but for what must not be
kept. Each is spoken of once at most: it leaves the store the moment that the robot begins to, and
comes back to it if nobody heard a word (docs/decisions/0016-tools.md).

    its person is there      told, with its label, by whatever name the person is known now
    somebody else is there   a timer rings, without a word of whose or what for; a reminder waits
    a stranger who has left  cannot come back as the same: what is due rings, for whoever is there

What a known person set without a device belongs to no robot: each session that they come
to reads it too, and the first to speak of it has it (`robi.actors.claims`).

Synchronous but for reading what the store has of this robot, in a task of its own. It is one file
since each of its parts is a few lines on the same handful of rows.
"""

import secrets
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from math import inf
from typing import Final

import structlog
import trio
from attrs import define, evolve, field, frozen

from robi.actors.claims import Claims
from robi.actors.errors import ActorError
from robi.actors.keeper import Keeper
from robi.actors.mail import Forgot, Hushed, Reminded
from robi.actors.tools import Clock
from robi.errors import DataError
from robi.people.identity import Speaker, is_stranger
from robi.skills.trouble import Trouble
from robi.speech.scene import DueNow
from robi.store.base import ReminderKind, ReminderRow

log = structlog.get_logger()

MOST: Final = 50
"""Timers and reminders of one robot that wait."""

TOLD_AT_ONCE: Final = 5
"""Of those that are due together; the others follow."""

LATE_S: Final = 60.0
"""Seconds after which what is told is said to be late."""

LOOK_S: Final = 60.0
"""Seconds after which the wall clock is looked at again: it may be set, or the machine sleep."""

SOON_S: Final = 0.01
"""Seconds to wait at least: the two clocks are not that exact."""

LISTEN_S: Final = 5.0
"""Seconds of silence for somebody who has just come and may be about to speak."""

AGAIN_S: Final = 30.0
"""Seconds until the next try, if nobody heard a word of it."""

READ_AGAIN_S: Final = (1.0, 5.0, 30.0)
"""Seconds between tries to read what the store has; the last over and over."""

_NONE: Final[frozenset[str]] = frozenset()
"""Shared by all sessions: an empty set of one's own takes 0.2 KiB."""

Load = Callable[[str, str | None], Awaitable[tuple[ReminderRow, ...]]]


@frozen
class _Pending:
    """Something to be spoken of; its label is as the person said it."""

    row: ReminderRow
    private: bool = False
    """Not to be written down."""


@define(eq=False)
class Reminding:
    """What one robot is to speak of.

    Args:
        load: reads what the store has for this session or its device; may raise.
        load_loose: reads what it has of a person for no device; may raise.
        claims: which of the latter other sessions have taken.
        put: takes what was read to the session's mailbox.
        is_forgotten: whether an id means nobody any more.
        changed: called when the next deadline may be another.
    """

    _session_id: str
    _device_id: str | None
    _keeper: Keeper
    _load: Load
    _load_loose: Callable[[str], Awaitable[tuple[ReminderRow, ...]]]
    _claims: Claims
    _clock: Clock
    _put: Callable[[Reminded], Awaitable[None]]
    _is_forgotten: Callable[[str], bool]
    _changed: Callable[[], None]
    _nursery: trio.Nursery
    _pending: dict[str, _Pending] = field(factory=dict, init=False)
    _telling: tuple[_Pending, ...] = field(default=(), init=False)
    _gone: frozenset[str] = field(default=_NONE, init=False)
    """Of those that the store may still show: cancelled or told since it was asked."""
    _news: tuple[Forgot, ...] = field(default=(), init=False)
    """What was forgotten since the store was asked."""
    _reading: trio.CancelScope | None = field(default=None, init=False)
    _reads: int = field(default=0, init=False)
    _knows: bool = field(default=False, init=False)
    """Whether what the store has is here."""
    _come: tuple[str, ...] = field(default=(), init=False)
    """Whose loose ones are here, or on their way."""
    _on_their_way: int = field(default=0, init=False)
    _not_before: float = field(default=-inf, init=False)
    """Trio's clock."""

    def __len__(self) -> int:
        return len(self._pending)

    @property
    def until(self) -> float | None:
        """When to look again (trio's clock), or None if there is nothing to be spoken of."""
        due_at = [each.row.due_at for each in self._pending.values() if self._is_ours(each.row)]
        if not due_at:
            return None
        now = trio.current_time()
        wait = min(due_at) - self._now()
        if wait <= 0:  # told as soon as it can be: at each message, and then
            wait = self._not_before - now if self._not_before > now else LOOK_S
        return now + min(max(wait, SOON_S), LOOK_S)

    # ── what the person asks ──────────────────────────────────────────────────────────────

    def of(self, person_id: str, request_id: str, *, private: bool) -> "RemindersOf":
        """Return those of `person_id`, for the tools of the turn `request_id`."""
        return RemindersOf(self, person_id, request_id, private)

    def add(self, row: ReminderRow, *, private: bool) -> None:
        """Have the robot speak of it. Raises Trouble if there are too many."""
        if len(self._pending) >= MOST:
            raise Trouble(f"there are {MOST} timers and reminders already: cancel some first")
        self._pending[row.reminder_id] = _Pending(row, private)
        if not private:
            self._keeper.keep_reminder(row)
        self._changed()

    def waiting(self, person_id: str) -> tuple[ReminderRow, ...]:
        """Return those of `person_id`, the next first."""
        rows = (each.row for each in self._pending.values() if self._is_ours(each.row))
        return tuple(sorted((row for row in rows if row.person_id == person_id), key=_soonest))

    def cancel(self, person_id: str, reminder_id: str) -> ReminderRow | None:
        """Take one of `person_id` back; return it, if there is one."""
        found = self._pending.get(reminder_id)
        if found is None or found.row.person_id != person_id or not self._is_ours(found.row):
            return None
        self._drop(found)
        return found.row

    def new_row(
        self, person_id: str, request_id: str, kind: ReminderKind, label: str, due_at: float
    ) -> ReminderRow:
        """Return one that is set now, for this robot to speak of."""
        return ReminderRow(
            f"{kind}_{secrets.token_hex(4)}",
            person_id,
            self._device_id,
            self._session_id,
            request_id,
            kind,
            label,
            due_at,
            self._now(),
        )

    # ── speaking of it ────────────────────────────────────────────────────────────────────

    def wait_for_words(self) -> None:
        """Somebody has come: be silent for a moment."""
        self._not_before = max(self._not_before, trio.current_time() + LISTEN_S)
        self._changed()

    def is_due(self, speaker: str) -> bool:
        """Return whether there is something to be spoken of to `speaker` now."""
        if not self._pending or trio.current_time() < self._not_before:
            return False
        now = self._now()
        return any(self._may_tell(each, speaker, now) for each in self._pending.values())

    def begin(self, speaker: str) -> tuple[tuple[DueNow, ...], bool]:
        """Return what to speak of now, and whether that must not be kept."""
        now = self._now()
        due = [each for each in self._pending.values() if self._may_tell(each, speaker, now)]
        due.sort(key=lambda each: _soonest(each.row))
        self._telling = tuple(due[:TOLD_AT_ONCE])
        for each in self._telling:
            self._drop(each)
        told = tuple(self._due_now(each.row, speaker, now) for each in self._telling)
        return told, any(each.private for each in self._telling)

    def end(self, *, heard: bool) -> None:
        """The turn is over in which they were spoken of; `heard`: a word of it at least."""
        telling, self._telling = self._telling, ()
        if heard:
            return
        for each in telling:
            self._gone -= {each.row.reminder_id}
            self._claims.release(each.row.reminder_id)
            self._pending[each.row.reminder_id] = each
            if not each.private:
                self._keeper.keep_reminder(each.row)
        self._not_before = trio.current_time() + AGAIN_S
        self._changed()

    def _may_tell(self, each: _Pending, speaker: str, now: float) -> bool:
        row = each.row
        if row.due_at > now or self._is_forgotten(row.person_id) or not self._is_ours(row):
            return False
        theirs = row.person_id == speaker or row.kind == "timer" or is_stranger(row.person_id)
        return theirs and (
            bool(row.device_id)
            or self._claims.may_speak(row.reminder_id, self._session_id, self._look_again)
        )

    def _look_again(self) -> None:
        """What was due and not ours to tell is so now."""
        self._not_before = max(self._not_before, trio.current_time() + SOON_S)
        self._changed()

    def _due_now(self, row: ReminderRow, speaker: str, now: float) -> DueNow:
        theirs = row.person_id == speaker
        at = self._clock.localise(datetime.fromtimestamp(row.due_at, UTC))
        return DueNow(
            row.kind,
            row.label if theirs else "",
            at.isoformat(timespec="minutes"),
            theirs=theirs,
            late=now - row.due_at > LATE_S,
        )

    # ── who is who, and what is forgotten ─────────────────────────────────────────────────

    def name_stranger(self, stranger_id: str, person_id: str) -> None:
        """Give what a stranger set to the person that the stranger turned out to be."""
        for each in list(self._pending.values()):
            if each.row.person_id == stranger_id:
                row = evolve(each.row, person_id=person_id)
                self._pending[row.reminder_id] = evolve(each, row=row)

    def hush(self, request_id: str) -> None:
        """What was set in that turn is not to be kept; it is spoken of all the same."""
        for each in list(self._pending.values()):
            if each.row.request_id == request_id and not each.private:
                self._keeper.drop_reminder(each.row.reminder_id)
                self._take(each.row)
                self._pending[each.row.reminder_id] = evolve(each, private=True)

    def take(self, news: Iterable[Forgot | Hushed]) -> None:
        """Do what was decided elsewhere."""
        for each in news:
            if isinstance(each, Forgot):
                self.forget(each)
            elif each.session_id == self._session_id:
                self.hush(each.request_id)

    def forget(self, forgot: Forgot) -> None:
        """Know nothing of it any more; what the store has is erased by others."""
        if not self._knows or self._on_their_way:
            self._news += (forgot,)
        for each in list(self._pending.values()):
            if _concerns(forgot, each.row):
                del self._pending[each.row.reminder_id]
                self._gone |= {each.row.reminder_id}
        self._telling = tuple(each for each in self._telling if not _concerns(forgot, each.row))

    # ── what the store has ────────────────────────────────────────────────────────────────

    def read(self) -> None:
        """A robot is there: have read what the store has for it, once."""
        if self._knows or self._reading is not None:
            return
        self._reads += 1
        self._reading = trio.CancelScope()
        self._nursery.start_soon(self._read, self._reading, self._reads)

    def leave(self) -> None:
        """The device goes on with another session, which has read them by now."""
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        self._knows = False
        self._come = ()
        self._pending = {key: each for key, each in self._pending.items() if each.private}
        self._changed()

    def on_read(self, read: Reminded) -> None:
        """The store has told what it has."""
        if read.number is None:
            self._on_their_way -= 1
        elif read.number != self._reads or self._reading is None:
            return
        else:
            self._reading, self._knows = None, True
        for row in read.rows:
            known = row.reminder_id in self._pending or row.reminder_id in self._gone
            forgotten = any(_concerns(forgot, row) for forgot in self._news)
            telling = any(row == each.row for each in self._telling)
            if not (known or forgotten or telling) and self._is_ours(row):
                self._pending[row.reminder_id] = _Pending(row)
        if self._knows:
            self._gone = _NONE
        if self._knows and not self._on_their_way:
            self._news = ()
        self._changed()

    def come(self, speaker: Speaker) -> None:
        """Somebody is there: have read what they set with no robot in particular, once."""
        if speaker.known and speaker.person_id not in self._come:
            self._come += (speaker.person_id,)
            self._on_their_way += 1
            self._nursery.start_soon(self._read_loose, speaker.person_id)

    async def _read(self, scope: trio.CancelScope, number: int) -> None:
        with scope:
            rows = await _insist(lambda: self._load(self._session_id, self._device_id))
            await self._put(Reminded(rows, number))

    async def _read_loose(self, person_id: str) -> None:
        rows = await _insist(lambda: self._load_loose(person_id))
        await self._put(Reminded(rows, None))

    def _is_ours(self, row: ReminderRow) -> bool:
        return self._claims.allow(row.reminder_id, self._session_id)

    def _take(self, row: ReminderRow) -> None:
        if not row.device_id:
            self._claims.take(row.reminder_id, self._session_id)

    def _drop(self, each: _Pending) -> None:
        reminder_id = each.row.reminder_id
        self._take(each.row)
        del self._pending[reminder_id]
        if not self._knows:
            self._gone |= {reminder_id}
        if not each.private:
            self._keeper.drop_reminder(reminder_id)
        self._changed()

    def _now(self) -> float:
        return self._clock.now().timestamp()


@frozen
class RemindersOf:
    """The timers and reminders of whoever speaks, in one turn: `robi.actors.tools.Reminders`."""

    _reminding: Reminding
    _person_id: str
    _request_id: str
    _private: bool

    def set(self, kind: ReminderKind, label: str, due_at: float) -> ReminderRow:
        """Have the robot speak of `label` at `due_at` (Unix seconds). Raises Trouble."""
        row = self._reminding.new_row(self._person_id, self._request_id, kind, label, due_at)
        self._reminding.add(row, private=self._private)
        return row

    def waiting(self) -> tuple[ReminderRow, ...]:
        """Return those that have not been spoken of, the next first."""
        return self._reminding.waiting(self._person_id)

    def cancel(self, reminder_id: str) -> ReminderRow | None:
        """Take one back; return it, or None if there is none by that id."""
        return self._reminding.cancel(self._person_id, reminder_id)


async def _insist(
    load: Callable[[], Awaitable[tuple[ReminderRow, ...]]],
) -> tuple[ReminderRow, ...]:
    """Read, however often it takes."""
    tries = 0
    while True:
        try:
            return await load()
        except (DataError, ActorError) as failure:
            log.warning("reminders_not_read", reason=type(failure).__name__)
            await trio.sleep(READ_AGAIN_S[min(tries, len(READ_AGAIN_S) - 1)])
            tries += 1


def _soonest(row: ReminderRow) -> tuple[float, str]:
    return row.due_at, row.reminder_id


def _concerns(forgot: Forgot, row: ReminderRow) -> bool:
    return forgot.concerns(row.person_id, row.session_id, row.request_id, row.label)
