"""A question with a deadline, and the guarantee that the asker never waits for a dead actor.

An `Ask` is an ordinary message that owes an answer. Whatever happens, its asker hears exactly
one of four things:

- the value given to `reply`;
- the error given to `fail`;
- `ActorDied`, at once, when the actor dies with the question in hand, or is gone for good
  (a question still in the mailbox survives a restart and is answered by the reborn actor);
- `AskTimeout`, or the asker's own cancellation. From then on the question is `abandoned`: the
  actor may skip the work, and an answer that comes anyway vanishes.
"""

from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar, cast

import trio
from attrs import define, field

from robi.actors.address import Address
from robi.actors.errors import AskTimeout

T = TypeVar("T")


class Question(Generic[T]):
    """Base of what can be asked; `T` is the answer: `class Recall(Question[Recollection])`."""

    __slots__ = ()

    done_anyway: ClassVar[bool] = False
    """Whether the actor does what is asked though the asker has given up."""


@define(eq=False)
class Ask(Generic[T]):
    """A question on its way to an actor, and the asker waiting for it.

    To the actor: `question`, `reply`, `fail`, `abandoned`. The rest belongs to `ask` and to
    the mailbox. Who passes the question on to another process sets `on_abandoned`.
    """

    question: Question[T] = field(repr=False)
    abandoned: bool = field(default=False, init=False)
    on_abandoned: Callable[[], None] | None = field(default=None, init=False, repr=False)
    """Called once, if the asker gives up while the question is open."""
    _answered: bool = field(default=False, init=False)
    _value: T | None = field(default=None, init=False, repr=False)
    _error: Exception | None = field(default=None, init=False, repr=False)
    _asker: trio.lowlevel.Task | None = field(default=None, init=False, repr=False)
    _hand: set["Ask[Any]"] | None = field(default=None, init=False, repr=False)

    @property
    def is_idle(self) -> bool:
        """Whether to pass it on would change nothing: it was abandoned, and is not done anyway."""
        return self.abandoned and not self.question.done_anyway

    def reply(self, value: T) -> None:
        """Answer with `value`. Without effect when nobody waits any more.

        Raises:
            RuntimeError: the question was answered before. Two answers are a bug in the actor;
                the first one stands, and the actor had better crash and be seen to.
        """
        if self._settle():
            self._value = value

    def fail(self, error: Exception) -> None:
        """Answer by raising `error` in the asker. Otherwise as `reply`."""
        if self._settle():
            self._error = error

    def _settle(self) -> bool:
        """Close the matter, wake the asker; return whether anybody waits for the answer."""
        if self.abandoned:
            return False
        if self._answered:
            msg = f"{type(self.question).__name__} was answered twice"
            raise RuntimeError(msg)
        self._answered = True
        self._leave_hand()
        if self._asker is not None:
            trio.lowlevel.reschedule(self._asker)
            self._asker = None
        return True

    def taken_in(self, hand: set["Ask[Any]"]) -> None:
        """Remember in whose hand the question is: those of a dead actor must be failed.

        An actor that passes the question on to another actor's mailbox hands it over with all
        that is owed: from the moment it is read there, the first actor's death is no matter.
        """
        self._leave_hand()
        if not (self._answered or self.abandoned):
            self._hand = hand
            hand.add(self)

    def _leave_hand(self) -> None:
        if self._hand is not None:
            self._hand.discard(self)
            self._hand = None

    async def answer(self) -> T:
        """Wait for the answer. For the asker, once; a checkpoint only if it has to wait."""
        if not self._answered:
            self._asker = trio.lowlevel.current_task()
            await trio.lowlevel.wait_task_rescheduled(self._stop_waiting)
        if self._error is None:
            return cast("T", self._value)
        error, self._error = self._error, None
        try:
            raise error
        finally:
            del error  # else: error -> traceback -> this frame -> error

    def _stop_waiting(self, _: object) -> trio.lowlevel.Abort:
        self._asker = None
        return trio.lowlevel.Abort.SUCCEEDED

    def abandon(self) -> None:
        """Say that nobody waits any more. Without effect on a question already answered."""
        if not (self._answered or self.abandoned):
            self.abandoned = True
            self._leave_hand()
            if self.on_abandoned is not None:
                self.on_abandoned()


async def ask(address: Address[Ask[T]], question: Question[T], *, timeout: float) -> T:  # noqa: ASYNC109 (the deadline is part of the question, and covers the wait for room)
    """Ask the actor at `address`, and wait at most `timeout` seconds for its answer.

    The time counts from now: the wait for room in the mailbox, the wait of the question in it,
    and the actor's work.

    Raises:
        ActorDied: it died with the question in hand, or is gone for good.
        AskTimeout: no answer in time.
        Exception: whatever the actor gave to `Ask.fail`.
    """
    owed = Ask(question)
    try:
        with trio.move_on_after(timeout):
            await address.put(owed)
            return await owed.answer()
    finally:
        owed.abandon()
    raise AskTimeout(address.name)
