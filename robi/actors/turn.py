"""A turn: one utterance and its answer. Utterance in, messages of the protocol out.

Owns one task and one cancel scope. It knows no socket and no session, so the same turn serves a
robot, a reader over HTTP and a test; what differs between them is its `manner`. Cancelling it
closes the call to the model inside the same scope; from the moment of `cancel` it says nothing
more, and whoever cancelled it says how it ended.

    recall ∥ history → prompt → brain → directions → messages → terminal
                                  ↑ tools ↓

Nothing on the way to the first text waits for a disk: recall has its own small time limit. Tools
are offered with the question; a turn in which the model calls none asks it once, as ever. When it
calls some, what it said before stays said, and it is asked again with what came of them
(`rounds`). It is one file with the shapes that are made for a turn alone.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from random import Random
from typing import Literal

import structlog
import trio
from attrs import define, evolve, field, frozen

from robi.actors.figures import Trail
from robi.actors.manner import AsRobot, Known, Manner
from robi.actors.meters import NOBODY, Meters
from robi.actors.rounds import Rounds
from robi.actors.tools import Occasion, Reminders, Tool
from robi.brain.base import Brain, BrainRequest, QuestionForgotten
from robi.errors import BrainError, BrainUnavailable, InternalError, RobiError
from robi.protocol.emotions import DEFAULT_EMOTION
from robi.protocol.messages import (
    Emotion,
    ErrorReport,
    PersonRegistered,
    ServerMessage,
    StreamEnd,
    TextChunk,
    Timings,
    TokenUsage,
)
from robi.speech.answer import Answer
from robi.speech.due import due_in_words
from robi.speech.looking import promised
from robi.speech.pieces import Consent
from robi.speech.scene import Media, Said, Scene
from robi.speech.spoken import as_language, language_of

log = structlog.get_logger()

Kind = Literal["text", "audio", "image", "video", "multimodal", "sight", "due"]
"""Nobody spoke: with `sight` someone came into view, with `due` it is time for a timer."""


@frozen
class Met:
    """Someone new, with the name that the robot has just learned."""

    person_id: str
    name: str


@frozen
class About:
    """What a reader asks about: words selected on a page, a text by its id (`*`: any), or both."""

    selected_text: str | None = field(default=None, repr=False)
    text_id: str | None = None


@frozen
class Utterance:
    """What a person said, in whatever media."""

    request_id: str
    kind: Kind
    text: str = field(default="", repr=False)
    media: tuple[Media, ...] = ()
    about: About | None = None


@frozen
class TurnPorts:
    """What every turn needs from the house.

    `recall(person_id, words)` and `meet(name, face)` never raise for a mind that is slow or gone:
    they return None, and the turn goes on without. `named(person_id, name)` says that one of whom
    only the id was known told a name; it does not wait. `wall_clock` gives local time with zone.
    """

    brain: Brain
    recall: Callable[[str, str], Awaitable[Known | None]]
    meet: Callable[[str, bytes | None], Awaitable[Met | None]]
    named: Callable[[str, str], None]
    wall_clock: Callable[[], datetime]
    rng: Random
    max_output_tokens: int
    temperature: float
    tools: Callable[[], Sequence[Tool]] = tuple
    """What a model may call now."""
    meters: Meters = NOBODY
    """Told how turns went, and whatever else a session does."""
    is_forgotten: Callable[[str], bool] = lambda _person_id: False
    """Whether an id means nobody any more."""
    persona: str | None = None
    """Who the robot is, in the words of the house; None: in those that are shipped."""
    manner: "Callable[[Plan, TurnPorts, str], Manner] | None" = None
    """Makes the manner of a turn whose answer is expected in that language; None: a robot's."""


@frozen
class Plan:
    """All that the session decides before a turn begins.

    `scene` says who is there without what is known of them; `face` is the embedding to keep if a
    stranger tells a name.
    """

    number: int
    utterance: Utterance
    scene: Scene
    history: tuple[Said, ...] = field(repr=False)
    face: bytes | None = field(default=None, repr=False)
    announce: Met | None = None
    """Someone who was met in a turn that was cut before the robot could be told."""
    asker: str = ""
    """The session."""
    private: bool = False
    """Nothing of it is kept: nobody is met, no name is learned."""
    remember: str | None = field(default=None, repr=False)
    """What the person told the robot to remember."""
    reminders: Reminders | None = None
    """The timers and reminders of whoever speaks."""
    payer: str = ""
    """On whose count it goes what the model takes; empty: on the house's."""
    kept: bool = True
    """Whether the store has been given what was asked, to be written."""
    promise: Callable[[], Awaitable[None]] | None = None
    """What is being done meanwhile, since the person asked for it, and must be done before the turn
    ends well; raises a RobiError if it could not be."""

    @property
    def spoken_to(self) -> bool:
        """Whether somebody said or showed something, and the robot does not speak by itself."""
        return self.utterance.kind not in {"sight", "due"}


def as_robot(plan: Plan, ports: TurnPorts, language: str) -> Manner:
    """Return the manner of a robot's turn."""
    scene, utterance = plan.scene, plan.utterance
    request_id = utterance.request_id
    answer = Answer(request_id, scene.person_id, scene.confidence, ports.rng, language)
    return AsRobot(answer, utterance.text, ports.recall, ports.persona)


@define(eq=False)
class Turn:
    """One utterance and its answer.

    `out` takes messages as they are known, together what became known together. After `run` has
    returned by itself the last message said was the terminal one; after `cancel` none is said any
    more.
    """

    plan: Plan
    ports: TurnPorts
    _out: Callable[[Sequence[ServerMessage]], None]
    answer: Answer = field(init=False)
    _manner: Manner = field(init=False)
    met: Met | None = field(default=None, init=False)
    usage: TokenUsage | None = field(default=None, init=False)
    error: RobiError | None = field(default=None, init=False)
    emotion_ms: int | None = field(default=None, init=False)
    first_text_ms: int | None = field(default=None, init=False)
    timings: Timings | None = field(default=None, init=False)
    trail: Trail = field(factory=Trail, init=False)
    cancelled_at: float | None = field(default=None, init=False)
    """When a call to the model was cut."""
    _recalled_ms: int = field(default=0, init=False)
    _unsaid: list[ServerMessage] = field(factory=list, init=False)
    """Of what the model has written by now."""
    _scope: trio.CancelScope = field(factory=trio.CancelScope, init=False)

    def __attrs_post_init__(self) -> None:
        history = self.plan.history  # of sound nothing is known yet, and of a timer nothing is said
        words = self.plan.utterance.text or (history[-1].text if history else "")
        language = language_of(words, self.plan.scene.language)
        make = self.ports.manner or as_robot
        self._manner = make(self.plan, self.ports, language)
        self.answer = self._manner.answer

    @property
    def request_id(self) -> str:
        """The id that every message of this turn carries."""
        return self.plan.utterance.request_id

    @property
    def wished(self) -> Consent | None:
        """What the model heard the person ask of the robot's memory.

        In sound only: what is written, by a person or on a picture, is read by rules alone.
        """
        utterance = self.plan.utterance
        spoken = not utterance.text and all(media.kind == "audio" for media in utterance.media)
        return self.answer.consent if spoken and utterance.media else None

    @property
    def private(self) -> bool:
        """Whether nothing of it is kept, as far as is known by now."""
        return self.plan.private or self.wished not in {None, "resume"}

    def cancel(self) -> None:
        """Stop thinking: the call to the model closes, and nothing more is said."""
        if self.trail.is_asking:
            self.cancelled_at = trio.current_time()
        self._scope.cancel()

    def elapsed_ms(self) -> int:
        """Milliseconds since the utterance was complete."""
        return round((trio.current_time() - self.trail.began_at) * 1000)

    async def run(self) -> None:
        """Answer. Raises nothing: what goes wrong is said as an error of the catalogue."""
        with self._scope:
            try:
                await trio.lowlevel.checkpoint_if_cancelled()  # cut before it began: asks nothing
                await self._think()
            except RobiError as error:
                self._fail(error)
            except Exception as crash:
                log.exception("turn_crashed", error=type(crash).__name__)
                self._say_all(self.answer.end_as("broken", self.plan.scene.language))
                self._fail(InternalError())

    async def _think(self) -> None:
        utterance = self.plan.utterance
        now = self.ports.wall_clock().isoformat(timespec="minutes")
        scene = await self._manner.ready(evolve(self.plan.scene, local_time=now))
        self._recalled_ms = self.elapsed_ms()
        self.trail.recalled_at = trio.current_time()
        request = BrainRequest(
            system=self._manner.instruction(scene),
            history=self.plan.history,
            utterance=Said("person", self._manner.question(scene, utterance.text), utterance.media),
            scene=scene,
            max_output_tokens=self.ports.max_output_tokens,
            temperature=self.ports.temperature,
            asker=self.plan.asker,
            payer=self.plan.payer,
            still=self._still_known,
        )
        try:
            if self._manner.answerable(scene):
                await self._converse(request)
            else:
                self._say_all(self.answer.close())
        except BrainError as error:
            self._say_all(self.answer.end_as("broken", scene.language))
            if not scene.due or self.answer.text:
                raise
            log.warning("due_told_plainly", error_code=error.error_code)
            language = as_language(self.answer.language) or scene.language
            self._say_all(self.answer.feed(due_in_words(scene, language)))
            self._say_all(self.answer.close())
        if self.plan.promise is not None:
            self._settle()
            await self.plan.promise()
        await self._finish(scene)

    def _still_known(self) -> None:
        """Let nothing of a person who was forgotten go to the model again, in another attempt or
        round; who asks for that in this turn hears of it at its end.
        """
        person_id = self.plan.scene.person_id
        gone = person_id is not None and self.ports.is_forgotten(person_id)
        if gone and self.plan.promise is None:
            raise QuestionForgotten("the person was forgotten meanwhile")

    async def _converse(self, request: BrainRequest) -> None:
        """Have the model answer, and its tools called between."""
        plan = self.plan
        rounds = Rounds(
            self.ports.brain,
            tuple(self.ports.tools()) if plan.spoken_to else (),
            Occasion(None if plan.private else request.scene.person_id, plan.reminders),
            began=self._on_first_fragment,
            hear=self._hear,
            settle=self._settle,
            pause=lambda: self._say_all(self.answer.pause()),
            count=self._count,
            trail=self.trail,
        )
        last = await rounds.run(request)
        if last.short:
            self._unsaid += self.answer.end_as("short", request.scene.language)
        self._unsaid += self.answer.close()
        if self.answer.empty:
            raise BrainUnavailable("the model wrote nothing to say")

    def _count(self, usage: TokenUsage) -> None:
        self.usage = usage

    def _on_first_fragment(self, waited_s: float) -> None:
        if self.timings is None:  # of further rounds it is the tools that took the time
            recall, queue = self._recalled_ms, round(waited_s * 1000)
            self.timings = Timings(recall, queue, max(0, self.elapsed_ms() - recall - queue))

    async def _finish(self, scene: Scene) -> None:
        answer, utterance = self.answer, self.plan.utterance
        if answer.emotion is None:
            self._unsaid.append(answer.face(DEFAULT_EMOTION))
        name, last = scene.name, list[ServerMessage]()
        if self.private:
            pass
        elif answer.name is not None and scene.person_id is None:
            self._settle()
            self.met = await self.ports.meet(answer.name, self.plan.face)
        elif answer.name is not None and scene.person_id is not None and name is None:
            name = answer.name
            self.ports.named(scene.person_id, name)
        if (met := self.met or self.plan.announce) is not None:
            name = met.name
            last.append(PersonRegistered(self.request_id, met.person_id, name))
        if answer.capture is None and not any(m.kind != "audio" for m in utterance.media):
            answer.capture = promised(utterance.text or answer.summary or "", answer.text)
        if (capture := answer.capture_request()) is not None:
            last.append(capture)
        last.append(answer.meta(name))
        if answer.dropped:
            log.info("directions_dropped", **answer.dropped)
        end = StreamEnd(self.request_id, self.elapsed_ms(), usage=self.usage, timings=self.timings)
        self._say_all([*last, end])

    def _hear(self, written: str) -> None:
        self._unsaid += self.answer.feed(written)

    def _settle(self) -> None:
        """Say what is unsaid: before every wait, so that nobody else waits for it."""
        unsaid, self._unsaid = self._unsaid, []
        # What was cancelled still runs to its next checkpoint.
        if not unsaid or self._scope.cancel_called:
            return
        if self.emotion_ms is None or self.first_text_ms is None:
            self._note_first(unsaid)
        self._out(unsaid)

    def _say_all(self, messages: Sequence[ServerMessage]) -> None:
        self._unsaid += messages
        self._settle()

    def _note_first(self, messages: Sequence[ServerMessage]) -> None:
        kinds = {type(message) for message in messages}
        if self.emotion_ms is None and Emotion in kinds:
            self.emotion_ms = self.elapsed_ms()
        if self.first_text_ms is None and TextChunk in kinds:
            self.first_text_ms = self.elapsed_ms()

    def _fail(self, error: RobiError) -> None:
        self.error = error
        log.warning(
            "turn_failed", error_code=error.error_code, code=error.code, details=error.details
        )
        told = report(error, self.plan.scene.language, self.request_id)
        self._say_all([*self.answer.close(), told])


def report(error: RobiError, language: Literal["es", "en"], request_id: str | None) -> ErrorReport:
    """Return `error` as a client is told it, in words that a robot may speak (§9)."""
    return ErrorReport(
        error_code=error.error_code,
        code=error.code,
        message=error.message(language),
        recoverable=error.recoverable,
        timestamp=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        details=error.details,
        retry_after=error.retry_after,
        request_id=request_id,
    )
