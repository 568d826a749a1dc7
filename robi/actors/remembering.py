"""What becomes of what was said in one session: what is kept of a turn, and what is forgotten.

Owns the session's side of memory. What is forgotten is gone from the conversation in the instant
that it is asked, before any disk knows; what is private never leaves it. Synchronous but for the
files, which a task of their own hands over.
"""

from collections.abc import Awaitable, Callable, Container, Iterable, Sequence
from time import time

import trio
from attrs import Factory, define, evolve, field, frozen

from robi.actors.account import account_of
from robi.actors.captures import Captures
from robi.actors.claims import Claims
from robi.actors.company import Company
from robi.actors.discretion import Discretion, Intent
from robi.actors.floor import PAST_IDS, Conclusion
from robi.actors.history import Entry, History
from robi.actors.janitor_mail import Keep
from robi.actors.keeper import Keeper
from robi.actors.mail import Forgot, Hushed, Unkept
from robi.actors.memory_mail import Forget, ForgetAbout, Heard
from robi.actors.turn import Turn
from robi.errors import DiskFull
from robi.people.consent import Wish
from robi.people.identity import is_stranger
from robi.speech.scene import FORGETTING
from robi.store.base import EraseEverythingRemembered, ErasePerson, EraseTurns, ReminderRow


async def _nothing(*_of_whom: str | None) -> tuple[ReminderRow, ...]:
    await trio.lowlevel.checkpoint()
    return ()


@frozen
class SessionPorts:
    """What a session tells of its conversation; none of it waits (`robi.actors.mind`).

    `forget` returns the wait until it is done; `keep` is run beside, and raises only DiskFull.
    """

    heard: Callable[[Heard], None]
    became: Callable[[str, str], None]
    saw: Callable[[str, bytes | None], None]
    forget: Callable[[Forget | ForgetAbout], Callable[[], Awaitable[None]]]
    keep: Callable[[Keep], Awaitable[None]]
    visits: dict[str, float] = field(factory=dict)
    """Who is incognito in this house (`robi.actors.discretion`)."""
    reminders: Callable[[str, str | None], Awaitable[tuple[ReminderRow, ...]]] = _nothing
    """What the store has for the robot of a session or device to speak of; may raise."""
    loose_reminders: Callable[[str], Awaitable[tuple[ReminderRow, ...]]] = _nothing
    """What it has of that person for no device in particular; may raise."""
    claims: Claims = field(factory=Claims)
    """Who speaks of the latter."""
    at_once: bool = False
    """Whether a conversation is forgotten as a whole: of whom it is with nothing else is known."""


@define(eq=False)
class Remembering:
    """What one session keeps and forgets.

    `put` takes a message to the session's mailbox; with `nursery` the session ends.
    """

    _session_id: str
    _history: History
    _keeper: Keeper
    _ports: SessionPorts
    _company: Company
    _captures: Captures
    _put: Callable[[Unkept], Awaitable[None]]
    _nursery: trio.Nursery
    _on_forgot: Callable[[Forgot], None] = field(default=lambda _forgot: None)
    """Told of all that is forgotten, in the same instant."""
    _discretion: Discretion = field(
        init=False,
        default=Factory(lambda self: Discretion(self._ports.visits), takes_self=True),
    )
    _off_record: frozenset[tuple[str, str]] = field(default=frozenset(), init=False)
    """The turns of incognito visits that are still in the history, each with its person."""
    _wishes: tuple[str, ...] = field(default=(), init=False)
    """Turns that are private and tell nothing: a wish to have something forgotten."""
    _handing_over: dict[trio.CancelScope, str] = field(factory=dict, init=False)
    """The turns whose media are on their way to the disk."""
    _meanwhile: list[Forgot | Hushed] | None = field(default=None, init=False)
    """What was decided elsewhere during a turn, which is in the history only when it is over; None
    between turns."""

    def hear(self, person_id: str, text: str) -> Intent:
        """A turn begins: return what the person asks of the robot's memory.

        `text` is empty if it is sound.
        """
        self._meanwhile = []
        intent = self._discretion.hear(person_id, text, trio.current_time())
        if not intent.incognito:
            self._end_visit(person_id)
        return intent

    def _end_visit(self, person_id: str) -> None:
        """What was said incognito is over with the visit: no later answer can tell of it."""
        turns = {turn for who, turn in self._off_record if who == person_id}
        if turns:
            self._off_record = frozenset(each for each in self._off_record if each[0] != person_id)
            self._history.forget(
                lambda entry: (
                    entry.person_id == person_id
                    and (entry.request_id in turns or (entry.compacted and entry.private))
                )
            )

    def saw(self, person_id: str, face: bytes | None) -> None:
        """Have kept that a known person was there, unless they are here incognito."""
        if not self._discretion.covers(person_id, trio.current_time()):
            self._ports.saw(person_id, face)

    def keep(self, conclusion: Conclusion) -> None:
        """Have kept what is to be kept of a turn that is over."""
        turn, person_id = conclusion.turn, conclusion.person_id
        meanwhile, self._meanwhile = self._meanwhile or (), None
        if self._company.is_forgotten(person_id):
            self._history.forget(lambda entry: entry.person_id == person_id)
            return
        private, entries = self._is_private(turn, person_id), conclusion.entries
        for news in meanwhile:
            self._apply(news)
            private = private or news == Hushed(self._session_id, turn.request_id)
        if private:
            self._history.hush(turn.request_id)
            if FORGETTING & {turn.plan.scene.wish, turn.wished}:
                self._wishes = (*self._wishes, turn.request_id)[-PAST_IDS:]
            if self._discretion.covers(person_id, trio.current_time()):
                self._off_record |= {(person_id, turn.request_id)}
            return
        if meanwhile and entries and not self._history.holds_turn(turn.request_id):
            return
        if self._history.has_private(person_id, but=self._wishes):
            # The robot may come back to what was too private to be kept, and nobody judges answers.
            entries = tuple(evolve(each, private=each.said.role == "robot") for each in entries)
            self._history.hush(turn.request_id, role="robot")
        before = self._history.before(person_id, entries[0].index) if entries else ""
        # Before the answer is looked through: of what was asked it is known what the rules say.
        account = account_of(conclusion, self._session_id, before, time(), self._keeper.look)
        self._keeper.keep_turn(person_id, entries, before)
        self._keeper.keep_interaction(account.interaction)
        if account.heard is not None:
            self._ports.heard(account.heard)
        if account.media:
            scope = trio.CancelScope()
            self._handing_over[scope] = turn.request_id
            self._nursery.start_soon(self._keep_media, scope, account.media)

    def _is_private(self, turn: Turn, person_id: str) -> bool:
        """Whether nothing of `turn` is to be kept; what the model heard to be wished is done."""
        if (wished := turn.wished) is not None:
            self._discretion.wish(person_id, wished, trio.current_time())
            if wished in FORGETTING:
                self.forget_as_wished(person_id, Intent.heard(wished), but=turn.request_id)
        return turn.private

    async def _keep_media(self, scope: trio.CancelScope, media: Sequence[Keep]) -> None:
        with scope:
            try:
                for keep in media:
                    await self._ports.keep(keep)
            except DiskFull as error:
                await self._put(Unkept(error))
            finally:
                del self._handing_over[scope]

    # ── forgetting ────────────────────────────────────────────────────────────────────────

    def forget_as_wished(
        self, person_id: str, intent: Intent, but: str | None = None
    ) -> Callable[[], Awaitable[None]] | None:
        """Forget what the person asks to have forgotten; return the wait until it is gone.

        `but` is the turn in which it was asked, if that is over.
        """
        question: Forget | ForgetAbout
        wish = intent.wish
        if self._ports.at_once and wish == Wish("forget_that") and intent.looks_back:
            wish = Wish("forget_all")
        match wish:
            case Wish("forget_all"):
                forgot = Forgot(person_id, everything=True, person_too=True)
                if is_stranger(person_id):
                    question = Forget(EraseEverythingRemembered(person_id))
                else:
                    question = Forget(ErasePerson(person_id, time()))
            case Wish("forget_about", about):
                forgot = Forgot(person_id, about=(about,))
                question = ForgetAbout(person_id, about)
            case Wish("forget_that") if intent.looks_back:
                last = self._history.last_turn_of(person_id, but)
                if last is None:
                    return None
                forgot = Forgot(person_id, frozenset({(self._session_id, last)}))
                question = Forget(EraseTurns(person_id, self._session_id, (last,)))
            case _:
                return None
        self._forget(forgot)
        return self._ports.forget(question)

    def forget_all(self, stranger_id: str) -> None:
        """Forget a stranger who got a name, and was forgotten by it before that was known here."""
        self.forget_as_wished(stranger_id, Intent.heard("forget_all"))

    def take(self, news: Iterable[Forgot | Hushed]) -> None:
        """Do what was decided elsewhere."""
        for each in news:
            if self._meanwhile is not None:
                self._meanwhile.append(each)
            self._apply(each)

    def _apply(self, news: Forgot | Hushed) -> None:
        if isinstance(news, Forgot):
            self._forget(news)
        elif news.session_id == self._session_id:
            self._history.hush(news.request_id)
            # A summary has no turn of its own, and may tell of this one.
            self._keeper.give_up(lambda row: row.request_id in {news.request_id, ""})
            self._give_up_media({news.request_id})

    def _forget(self, forgot: Forgot) -> None:
        """Know nothing of it any more in this conversation."""
        person_id = forgot.person_id

        def concerns(entry: Entry) -> bool:
            said = entry.said.text
            return forgot.concerns(entry.person_id, self._session_id, entry.request_id, said)

        folded = any(
            session_id == self._session_id and not self._history.holds_turn(request_id)
            for session_id, request_id in forgot.turns
        )
        summaries_too = folded or bool(forgot.about)
        turns = self._history.forget(concerns, summaries_of=person_id if summaries_too else None)
        turns |= {turn for session_id, turn in forgot.turns if session_id == self._session_id}
        # What waits would come after the erasure; of this person rather lose some more.
        self._keeper.give_up(lambda row: row.person_id == person_id)
        self._give_up_media(turns)
        self._captures.forget(person_id)
        self._on_forgot(forgot)
        if forgot.person_too:
            self._company.on_forgotten(person_id)

    def _give_up_media(self, turns: Container[str]) -> None:
        for scope, request_id in self._handing_over.items():
            if request_id in turns:
                scope.cancel()
