"""Learning: from what people said to what is worth keeping, off the path of every answer.

Owns the turns that wait, the one question to the model that is under way, and the patience with a
model that cannot be asked. What it finds goes to the memory actor's own work (`keep`), which
reconciles and writes it in order with everything else; so whatever is forgotten meanwhile never
comes back by this way.

    Heard ──▶ Waiting ──due──▶ extraction ──▶ rules ──▶ classification ──▶ keep
                 ▲                  └── cannot be asked, makes no sense ──┐
                 └────────────────── waits, longer each time ◀────────────┘

A question is about one person only. Nothing that was extracted is kept before the model has said of
each sentence that it holds nothing private (issue 4, the privacy gate); what a person told on
purpose is kept before, and looked at here as soon as the model can be asked (`look_at`).

It is one file, as it is one question at a time: which, and what becomes of each answer to it.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from itertools import chain
from math import inf
from typing import Final, Literal, TypeAlias

import structlog
import trio
from attrs import define, evolve, field, frozen

from robi.actors.memory_mail import Heard
from robi.actors.waiting import Waiting
from robi.brain.base import Brain, BrainRequest, Purpose, QuestionForgotten
from robi.errors import BrainBlocked, Language, RobiError
from robi.people.candidates import Candidate, admissible, from_note, may_tell
from robi.people.privacy import PrivateClass, classes
from robi.speech import classification, extraction
from robi.speech.scene import Said, Scene
from robi.store.base import Memory

log = structlog.get_logger()

TEMPERATURE: Final = 0.0
MAX_OUTPUT_TOKENS: Final = 2048
"""Three memories a turn for eight turns, each some 60 tokens, and as much again."""

FIRST_PAUSE_S: Final = 5.0
LONGEST_PAUSE_S: Final = 600.0
"""Pauses before a model that could not be asked is asked again, each twice the one before."""

MOST_VAIN: Final = 10
"""Answers without sense after which a turn is not asked about again: it would be for ever, and cost
a call each time. A model that cannot be asked is waited for."""

Verdict: TypeAlias = PrivateClass | Literal["refused"]
"""Why something is not kept; `refused`: the model will not even look at it."""


class NotNow(Exception):
    """The model cannot be asked now."""


class SenselessError(NotNow):
    """The model's answer makes no sense."""


@frozen
class Finding:
    """What is to be kept of one turn; or, if it holds something private, of which class."""

    heard: Heard
    candidates: tuple[Candidate, ...] = ()
    private: PrivateClass | None = None


@define(eq=False)
class Learned:
    """What was learned of one person in some turns, on its way to be kept."""

    findings: tuple[Finding, ...]
    refused: tuple[Verdict, ...] = ()
    """The class of each candidate that the gate did not let pass."""
    done: trio.Event = field(factory=trio.Event)

    def drop(self, condition: Callable[[Heard], bool]) -> int:
        """Keep nothing of the turns for which `condition` holds; return how many those were."""
        before = len(self.findings)
        self.findings = tuple(found for found in self.findings if not condition(found.heard))
        return before - len(self.findings)


@define(eq=False)
class Judged:
    """What the model says of memories that a person told on purpose: None is harmless."""

    memories: tuple[Memory, ...]
    classes: tuple[Verdict | None, ...]
    done: trio.Event = field(factory=trio.Event)


@define(eq=False)
class Learner:
    """What learns, one question at a time.

    Args:
        brain: the model.
        language, robot_name: of the instructions.
        keep: puts what was learned or judged to the memory's own work.
        unchecked: loads some memories of one person that were told on purpose and not looked at,
            but those of the given ids.
        gone: whether a memory was forgotten.
    """

    _brain: Brain
    _language: Language
    _robot_name: str
    _keep: Callable[[Learned | Judged], None]
    _unchecked: Callable[[Collection[str]], Awaitable[Sequence[Memory]]]
    waiting: Waiting = field(factory=Waiting)
    _gone: Callable[[Memory], bool] = lambda _memory: False
    _asked: tuple[Heard, ...] = field(default=(), init=False)
    """The turns that the model is being asked about."""
    _learned: Learned | None = field(default=None, init=False)
    """What is on its way to be kept."""
    _scope: trio.CancelScope = field(factory=trio.CancelScope, init=False)
    _news: trio.Event = field(factory=trio.Event, init=False)
    _to_look_at: bool = field(default=True, init=False)
    _looked_in_vain: bool = field(default=False, init=False)
    _one_by_one: bool = field(default=False, init=False)
    """Whether memories are judged alone: one that makes no sense is in the way of the others."""
    _senseless: set[str] = field(factory=set, init=False)
    """Memories of which the model has made no sense alone; the next life tries again."""
    given_up: int = field(default=0, init=False)
    """Turns of which the model has never made sense."""
    _vain: Counter[tuple[str, str, float]] = field(factory=Counter, init=False)
    """How often it made none, by turn."""
    _pause: float = field(default=0.0, init=False)
    _not_before: float = field(default=-inf, init=False)

    @property
    def backlog(self) -> int:
        """Turns that wait or are being asked about."""
        return len(self.waiting) + len(self._asked)

    # ── what it is told ───────────────────────────────────────────────────────────────────

    def hear(self, heard: Heard, *, late: bool = False) -> None:
        """Let a turn be learned from; at once if it is `late`. Once, however often it is told."""
        in_hand = [*self._asked]
        if self._learned is not None:
            in_hand += (finding.heard for finding in self._learned.findings)
        if self.waiting.holds(heard) or heard.told in {each.told for each in in_hand}:
            return
        self.waiting.add(heard, -inf if late else trio.current_time())
        self._news.set()

    def became(self, stranger_id: str, person_id: str) -> tuple[Heard, ...]:
        """What that stranger said is this person's; return those turns."""
        self._news.set()
        return self.waiting.became(stranger_id, lambda heard: evolve(heard, person_id=person_id))

    def look_at(self) -> None:
        """There is something that a person told on purpose and the model has not seen."""
        self._to_look_at = True
        self._news.set()

    def drop(self, condition: Callable[[Heard], bool]) -> int:
        """Learn nothing from the turns for which `condition` holds; return how many waited."""
        dropped = self.waiting.drop(condition)
        if self._learned is not None:
            dropped += self._learned.drop(condition)
        if any(map(condition, self._asked)):
            before = len(self._asked)
            self._asked = tuple(heard for heard in self._asked if not condition(heard))
            dropped += before - len(self._asked)
            self._scope.cancel()
        return dropped

    # ── its life ──────────────────────────────────────────────────────────────────────────

    async def run(self) -> None:
        """Learn until cancelled."""
        while True:
            await self._wait_for_work()
            # What was told on purpose comes first, for it is kept already; then by turns, so that
            # what the model never makes sense of is in the way of nothing else.
            if self._looked_in_vain or not self._to_look_at:
                self._asked = self._take()
            try:
                if self._asked:
                    self._looked_in_vain = False
                    await self._learn_from_turns()
                elif self._to_look_at:
                    await self._look()
            except NotNow as why:
                if isinstance(why, SenselessError):
                    self._give_up_on_senseless()
                self._be_patient()
            else:
                self._pause, self._not_before = 0.0, -inf
            finally:
                self.waiting.put_back(self._asked, trio.current_time())
                self._asked = ()

    def _take(self) -> tuple[Heard, ...]:
        """Take the turns to be asked about; alone, if they made no sense together."""
        taken = self.waiting.take(trio.current_time())
        if taken and self._vain.get(taken[0].told):
            self.waiting.put_back(taken[1:], trio.current_time())
            return taken[:1]
        return taken

    def _give_up_on_senseless(self) -> None:
        """Learn nothing from turns of which the model has made no sense often enough."""
        for heard in self._asked:
            self._vain[heard.told] += 1
        hopeless = tuple(each for each in self._asked if self._vain[each.told] >= MOST_VAIN)
        if hopeless:
            log.warning("turns_not_learned_from", turns=len(hopeless))
            self.given_up += len(hopeless)
            self._asked = tuple(each for each in self._asked if each not in hopeless)
            self._keep(Learned(tuple(map(Finding, hopeless))))
            for heard in hopeless:
                del self._vain[heard.told]

    async def _wait_for_work(self) -> None:
        while True:
            self._news = trio.Event()
            now = trio.current_time()
            due = max(self._not_before, -inf if self._to_look_at else self.waiting.due_at())
            if due <= now:
                await trio.lowlevel.checkpoint()
                return
            with trio.move_on_at(due):
                await self._news.wait()

    def _be_patient(self) -> None:
        self._pause = min(max(FIRST_PAUSE_S, 2 * self._pause), LONGEST_PAUSE_S)
        self._not_before = trio.current_time() + self._pause

    # ── one question ──────────────────────────────────────────────────────────────────────

    async def _learn_from_turns(self) -> None:
        """Learn from the turns in hand. Those that are dropped meanwhile end the question."""
        with trio.CancelScope() as self._scope:
            learned = await self._learn(self._asked)
        if self._scope.cancel_called:  # though the answer may have come in the same instant
            return
        for heard in self._asked:
            self._vain.pop(heard.told, None)
        self._asked, self._learned = (), learned
        self._keep(learned)
        await learned.done.wait()
        self._learned = None

    async def _learn(self, turns: tuple[Heard, ...]) -> Learned:
        found = await self._extract(turns)
        contents = (_text_of(each) for finding in found for each in finding.candidates)
        private: dict[str, Collection[Verdict]] = {text: classes(text) for text in contents}
        harmless = [content for content, by_rule in private.items() if not by_rule]
        for content, by_model in zip(harmless, await self._classify(harmless), strict=True):
            private[content] = () if by_model is None else (by_model,)
        admitted = (
            evolve(
                finding, candidates=tuple(c for c in finding.candidates if not private[_text_of(c)])
            )
            for finding in found
        )
        return Learned(tuple(admitted), tuple(chain.from_iterable(private.values())))

    async def _extract(self, turns: tuple[Heard, ...]) -> list[Finding]:
        worth_asking = {
            number: heard for number, heard in enumerate(turns, 1) if may_tell(heard.words)
        }
        told = extraction.Extraction()
        if worth_asking:
            asked = [extraction.HeardTurn(n, heard.words) for n, heard in worth_asking.items()]
            try:
                written = await self._ask(
                    extraction.instruction(self._language, self._robot_name),
                    extraction.question(asked),
                    extraction.SCHEMA,
                    "extraction",
                )
            except BrainBlocked:  # and will not be looked at another time: nothing is learned of it
                return [Finding(heard) for heard in turns]
            answer = extraction.told(written, asked)
            if answer is None:
                log.info("extraction_makes_no_sense", turns=len(asked))
                raise SenselessError
            told = answer
        return [_finding(number, heard, told) for number, heard in enumerate(turns, 1)]

    async def _classify(
        self, contents: Sequence[str], still: Callable[[], None] = lambda: None
    ) -> list[Verdict | None]:
        judged: list[Verdict | None] = []
        for start in range(0, len(contents), classification.MOST):
            judged += await self._judge(contents[start : start + classification.MOST], still)
        return judged

    async def _judge(
        self, contents: Sequence[str], still: Callable[[], None]
    ) -> Sequence[Verdict | None]:
        try:
            written = await self._ask(
                classification.instruction(self._language),
                classification.question(contents),
                classification.schema(len(contents)),
                "classification",
                still,
            )
        except BrainBlocked:
            if len(contents) == 1:
                return ["refused"]
            half = len(contents) // 2  # one of them is in the way of the others
            halves = contents[:half], contents[half:]
            return [each for part in halves for each in await self._judge(part, still)]
        told = classification.told(written, len(contents))
        if told is None:
            log.info("classification_makes_no_sense", sentences=len(contents))
            raise SenselessError
        return told

    async def _look(self) -> None:
        """Have the model look at what was told on purpose, some of one person at a time."""
        self._to_look_at = False
        try:
            memories = tuple(await self._unchecked(self._senseless))
            memories = memories[: 1 if self._one_by_one else classification.MOST]
            if not memories:
                self._one_by_one = False  # those that are told later are in nobody's way
                return

            def still() -> None:
                if any(map(self._gone, memories)):
                    raise QuestionForgotten("a memory was forgotten meanwhile")

            told = await self._classify([_text_of(memory) for memory in memories], still)
        except SenselessError:
            self._to_look_at = self._looked_in_vain = True
            if self._one_by_one:
                self._senseless |= {memory.memory_id for memory in memories}
            self._one_by_one = True
            raise
        except NotNow:
            self._to_look_at = self._looked_in_vain = True
            raise
        # What the person told on purpose stays, unless the model says that it is private.
        judged = Judged(memories, tuple(None if each == "refused" else each for each in told))
        self._keep(judged)
        await judged.done.wait()
        self._to_look_at = True  # until there are none

    async def _ask(
        self,
        system: str,
        question: str,
        answers: Mapping[str, object],
        purpose: Purpose,
        still: Callable[[], None] = lambda: None,
    ) -> str:
        request = BrainRequest(
            system=system,
            history=(),
            utterance=Said("person", question),
            scene=Scene(self._language, self._robot_name),
            max_output_tokens=MAX_OUTPUT_TOKENS,
            temperature=TEMPERATURE,
            purpose=purpose,
            answers=answers,
            still=still,
        )
        try:
            return (await self._brain.generate(request)).text
        except BrainBlocked:
            raise
        except RobiError as error:
            log.info("learning_waits", error_code=error.error_code, code=error.code)
            raise NotNow from None
        except Exception as crash:
            log.exception("learning_crashed", error=type(crash).__name__)
            raise SenselessError from None


def _text_of(each: Candidate | Memory) -> str:
    """Return all that would be kept: whom it is about is told as freely as the rest."""
    return each.content if not each.subject else f"{each.subject}: {each.content}"


def _finding(number: int, heard: Heard, told: extraction.Extraction) -> Finding:
    """Return what is to be kept of one turn: nothing if it holds something private."""
    private = told.private.get(number)
    if private is not None:
        return Finding(heard, private=private)
    extracted: Iterable[Candidate] = (
        Candidate(item.kind, item.content, item.importance, item.subject, item.slot, item.quote)
        for item in told.memories
        if item.turn == number
    )
    noted = (from_note(note.kind, note.content) for note in heard.notes)
    return Finding(heard, admissible((*extracted, *noted), heard.words))
