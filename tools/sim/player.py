"""One robot plays one scenario, and checks what it hears on the way.

Owns the schedule of a robot: a clock of its own, `due`, which goes on by the time that the robot
waits for the server, and by the think times that are drawn. Who comes late, because the process had
no CPU or the robot was begun late, has `due` behind the real time, until a think time makes up
for it.

What is checked of every answer, whatever the scenario: the order of protocol.md §3, that the texts
are those of `response_meta` (so that none is missing), that `seq` counts without a gap or a
repetition, over a resumption too, and that it holds no token of another robot. Thousands of players
share a process; one prints nothing. It is one file, for it is one table of steps and the waiting
that they share.
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from random import Random

import orjson
import trio
from attrs import define, evolve, field

from robi.protocol.messages import FaceScanMode
from tools.sim.answers import Answer, Answers, outcome_of
from tools.sim.expectations import unmet
from tools.sim.ledger import Turn
from tools.sim.link import End, Parting
from tools.sim.parts import Part, new_part
from tools.sim.recorder import Asked, Recorder, SayAgain
from tools.sim.robot import Robot, new_id
from tools.sim.samples import Played, Sample, StepResult
from tools.sim.scenario import Scenario, flat
from tools.sim.steps import (
    CLOSED,
    DUE,
    TURN_PARTS,
    VERB_OF,
    Battery,
    Close,
    Connect,
    CutIn,
    Drop,
    Expect,
    Meet,
    Moment,
    PlaySound,
    Raw,
    Repeat,
    Resume,
    Say,
    SayInMedia,
    Scan,
    ShowImage,
    ShowVideo,
    Sight,
    Step,
    TakeOver,
    Think,
    Wait,
)
from tools.sim.utterances import Notice, Utterance, fill, fill_object, tell, utter
from tools.sim.witness import Identity, Witness

__all__ = ["Part", "RobotFactory", "new_part", "play"]

RobotFactory = Callable[[Identity, Witness], Robot]
"""Makes a robot for an identity, which tells a witness; not on the line yet, and `persistent`."""

_SLOW_MODEL_S = 4.0
"""After so long without a first word an utterance is taken for lost with its link."""


async def play(  # noqa: PLR0913 - who, what, and whom to tell
    scenario: Scenario,
    part: Part,
    make_robot: RobotFactory,
    rng: Random,
    *,
    observe: Callable[[Sample], None],
    step_done: Callable[[StepResult], None] = lambda _: None,
    intended_at: float | None = None,
) -> Played:
    """Play `scenario` from its first hello to its last answer; nothing a server does is raised.

    Args:
        scenario: what is played.
        part: by whom.
        make_robot: called once for each `connect`.
        rng: of think times.
        observe: told of each answer when it has its outcome.
        step_done: told of each step when it is over.
        intended_at: when the schedule wanted this to begin, by trio's clock; None for now.
    """
    async with trio.open_nursery() as nursery:
        due = trio.current_time() if intended_at is None else intended_at
        recorder = Recorder(scenario.name, part, observe)
        player = _Player(scenario, part, make_robot, rng, step_done, recorder, nursery, due)
        played = await player.perform()
        nursery.cancel_scope.cancel()
    return played


class _Failed(Exception):
    """A step did not go as the scenario has it; the reason is its message."""


@define(eq=False)
class _Player:
    """Plays `scenario` with the robots that it makes."""

    scenario: Scenario
    part: Part
    make_robot: RobotFactory
    rng: Random
    step_done: Callable[[StepResult], None]
    recorder: Recorder
    nursery: trio.Nursery
    due: float
    """Where the schedule of this robot is."""

    _robot: Robot | None = field(default=None, init=False)
    _answers: Answers = field(init=False)
    _results: list[StepResult] = field(factory=list, init=False)
    _step: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        """Ask about what the recorder hears."""
        self._answers = self.recorder.answers

    # ── the steps ─────────────────────────────────────────────────────────────────────────

    async def perform(self) -> Played:
        """Play all steps, wait for what is still to be answered, and leave."""
        if await self._perform(self.scenario.steps, 1):
            await self._finish()
        if self._robot is not None:
            await self._robot.leave()
        return Played(
            self.scenario.name,
            tuple(self._results),
            self.recorder.count,
            tuple(self.recorder.faults),
        )

    async def _perform(self, steps: Sequence[Step], number: int) -> bool:
        """Play `steps`, the first of which is step `number` of the file; whether all passed."""
        for step in steps:
            inner: Sequence[Step] = ()
            if isinstance(step, Repeat):
                inner = step.steps
                for _ in range(step.times):
                    if not await self._perform(inner, number + 1):
                        return False
            elif not await self._timed(number, VERB_OF[type(step)], self._take, step):
                return False
            number += 1 + sum(1 for _ in flat(inner))
        return True

    async def _timed(
        self, number: int, verb: str, take: Callable[[Step], Awaitable[None]], step: Step
    ) -> bool:
        """Take a step; whether it passed. The schedule goes on by the time it took."""
        began = trio.current_time()
        lag = began - self.due
        self._step = number
        reason = None
        try:
            await take(step)
        except _Failed as failed:
            reason = str(failed)
        now = trio.current_time()
        if not isinstance(step, Think):
            self.due = now - lag
        result = StepResult(number, verb, began, now, reason)
        self._results.append(result)
        self.step_done(result)
        return reason is None

    async def _finish(self) -> None:
        """Wait for the answers that no step has waited for: a step of its own if there are any."""
        number = sum(1 for _ in flat(self.scenario.steps)) + 1
        for request_id, asked in list(self.recorder.asked.items()):
            if asked.kind != VERB_OF[Sight]:  # which need not be answered
                rest = Wait(turn=request_id)
                await self._timed(number, "end", self._wait_rest, rest)

    async def _take(self, step: Step) -> None:
        match step:
            case Connect():
                await self._connect(step)
            case Meet(person=person):
                self._answers.beside.clear()
                await self._line.meet(self._fill(person))
            case Say() | PlaySound() | ShowImage() | ShowVideo() | SayInMedia():
                await self._utter(step)
            case Sight() | Battery() | Scan():
                await self._tell(step)
            case Raw():
                await self._send_raw(step)
            case CutIn():
                await self._line.interrupt(await self._moment(step), step.spoken_chars)
            case Drop():
                if step.waits:  # a link is lost at any time, an answer or not
                    await self._moment(step)
                await self._line.drop(step.away_s)
            case Resume():
                await self._until(lambda: self._line.on_the_line, "link", step.within_s)
                self._check(Expect(resumed=step.resumed))
            case Close():
                self.recorder.asked.clear()  # who leaves waits for no answer
                await self._line.leave()
            case TakeOver():
                await self._take_over()
            case Think():
                self.due += step.draw(self.rng)
                await trio.sleep_until(self.due)
            case Wait():
                await self._wait(step)
            case Expect():
                self._check(step)

    # ── the link ──────────────────────────────────────────────────────────────────────────

    @property
    def _line(self) -> Robot:
        """The robot that speaks; a scenario begins with `connect`."""
        if self._robot is None:
            raise _Failed("there is no robot: connect first")
        return self._robot

    def _start(self, identity: Identity) -> Robot:
        self._robot = self.make_robot(identity, self.recorder)
        self.nursery.start_soon(self._robot.run)
        return self._robot

    async def _connect(self, step: Connect) -> None:
        before = self._robot.ledger if self._robot is not None and step.session else None
        robot = self._start(
            Identity(
                step.key or self.part.api_key,
                self._fill(step.person),
                step.dialect,
                self.part.device_id,
                before.session_id if before is not None else None,
                before.last_seq if before is not None else None,
            )
        )
        if step.refused is None:
            await self._until(lambda: robot.on_the_line, "link")
            self._check(Expect(resumed=step.resumed))
            return
        await self._until(lambda: robot.parting is not None, "refusal", over=True)
        error = robot.parting.error if robot.parting is not None else None
        if error is None or error.error_code != step.refused:
            raise _Failed(f"refused by {error and error.error_code}, not by {step.refused}")

    async def _take_over(self) -> None:
        """Connect again as the phone does that has lost its place: by the device alone."""
        first = self._line
        self._start(evolve(first.identity, session_id=None, last_seq=None))
        await self._until(lambda: self._line.on_the_line, "link")
        with trio.move_on_after(self.scenario.patience_s):
            while first.parting is None:
                await first.wait_news()
        if first.parting is None or first.parting.end is not End.REPLACED:
            raise _Failed(f"the first link is not replaced: {_tell(first.parting)}")

    # ── utterances ────────────────────────────────────────────────────────────────────────

    async def _utter(self, step: Utterance) -> None:
        reply = isinstance(step, ShowImage | ShowVideo) and step.reply
        request_id = self._answers.current if reply else new_id()
        if not isinstance(step, PlaySound) and step.text is not None:
            step = evolve(step, text=self._fill(step.text))

        async def say() -> Turn:
            return await utter(self._line, step, request_id, self.scenario.media)

        self._expect_answer(request_id, VERB_OF[type(step)], step.name, say)
        self._answers.take_turn(await say())

    async def _tell(self, step: Notice) -> None:
        request_id = new_id()
        if isinstance(step, Sight):
            step = evolve(step, person=step.person and self._fill(step.person))
            self._expect_answer(request_id, VERB_OF[Sight], step.name)
        else:
            self._answers.begin(request_id)
        await tell(self._line, step, request_id)

    async def _send_raw(self, step: Raw) -> None:
        if step.message is None:
            self._answers.beside.clear()
            frame = bytes.fromhex(step.binary) if step.binary is not None else step.frame or ""
            await self._line.send_raw(frame, None)
            return
        message = fill_object(step.message, {**self._words, "id": new_id()})
        text = orjson.dumps(message).decode()
        request_id = message.get("request_id")
        if not isinstance(request_id, str):
            await self._line.send_raw(text, None)
        elif not step.utterance:
            self._answers.begin(request_id, step.name)
            await self._line.send_raw(text, None)
        else:
            self._expect_answer(request_id, VERB_OF[Raw], step.name)
            if (turn := await self._line.send_raw(text, request_id)) is not None:
                self._answers.take_turn(turn)

    def _expect_answer(
        self, request_id: str, kind: str, name: str | None, again: SayAgain | None = None
    ) -> None:
        lag = trio.current_time() - self.due
        self.recorder.expect(request_id, Asked(self._step, kind, self.due, lag, again), name)

    # ── waiting ───────────────────────────────────────────────────────────────────────────

    async def _moment(self, step: Moment) -> Turn:
        """Wait for the moment of `step`; the turn it is in."""
        turn = self._answers.of(self._answers.id_of(step.turn)).turn
        if turn is None:
            raise _Failed("there is no answer")
        if step.at_ms is not None:
            with trio.move_on_at(turn.asked_at + step.at_ms / 1000):
                await self._line.wait_answered(turn)
            if turn.outcome is not None:
                raise _Failed(f"the answer was over before {step.at_ms:g} ms")
            return turn
        chunks, chars = step.at_chunk or 0, step.at_chars or 0

        def reached() -> bool:
            return len(turn.texts) >= chunks and turn.spoken_chars >= chars

        what = f"{chunks} chunks" if chunks else f"{chars} characters"
        await self._until(lambda: reached() or turn.outcome is not None, what)
        if not reached():
            raise _Failed(f"the answer was over after {len(turn.texts)} chunks")
        return turn

    async def _wait(self, step: Wait) -> None:
        if step.until == DUE:
            unprompted = self._answers.unprompted
            await self._until(lambda: bool(unprompted), "answer unasked", step.within_s)
            self._answers.current = unprompted.pop(0)
        elif step.until == CLOSED:
            robot = self._line
            await self._until(lambda: robot.parting is not None, "close", step.within_s, over=True)
            if step.code not in (None, str(robot.parting and robot.parting.code)):
                raise _Failed(f"closed by {_tell(robot.parting)}")
        elif step.until in TURN_PARTS:
            await self._wait_part(step, self._answers.id_of(step.turn))
        else:
            wanted = {"error_code": step.code} if step.code is not None else {}
            expect = Expect(message=step.until, fields=wanted)
            request_id = self._answers.id_of(step.turn)
            what = " ".join([step.until, *wanted.values()])
            await self._until(lambda: not self._unmet(expect, request_id), what, step.within_s)

    async def _wait_rest(self, step: Step) -> None:
        """Wait for an answer that no step has waited for: `turn` is its id, not its name."""
        if isinstance(step, Wait) and step.turn is not None:
            await self._wait_part(step, step.turn)

    async def _wait_part(self, step: Wait, request_id: str) -> None:
        """Wait for a part of an answer; once the answer is over, it will not come any more."""
        pattern = re.compile(self._fill(step.matching or ""))
        what = step.until if step.matching is None else f"text like {step.matching!r}"

        def done() -> bool:
            answer = self._answers.of(request_id)
            return answer.turn is not None and _has(answer, answer.turn, step, pattern)

        def over() -> bool:
            turn = self._answers.of(request_id).turn
            return turn is not None and turn.outcome is not None

        try:
            await self._until(lambda: done() or over(), what, step.within_s, asked=request_id)
        except _Failed:
            turn = self._answers.of(request_id).turn
            if turn is not None and turn.outcome is None:
                self._line.give_up(turn)
            raise
        turn = self._answers.of(request_id).turn
        if not done():
            raise _Failed(f"the answer was over ({turn and outcome_of(turn)}) without {what}")
        if turn is not None and turn.outcome == "lost":
            raise _Failed("the answer was lost with its session")

    async def _until(
        self,
        done: Callable[[], bool],
        what: str,
        within_s: float | None = None,
        *,
        over: bool = False,
        asked: str | None = None,
    ) -> None:
        """Wait until `done`, no longer than the scenario has patience.

        Args:
            done: asked again at all news of the robot.
            what: is waited for.
            within_s: seconds, in place of the scenario's.
            over: whether the end of the link for good may be it.
            asked: the utterance whose answer it is: said again if it went down with a link.
        """
        robot = self._line
        seconds = self.scenario.patience_s if within_s is None else within_s
        with trio.move_on_after(seconds) as waiting:
            while not done():
                if robot.parting is not None and not over:
                    raise _Failed(f"no {what}: {_tell(robot.parting)}")
                again = self.recorder.doubtful(asked) if asked is not None else None
                if asked is not None and again is not None and robot.on_the_line:
                    await self._make_sure(asked, again)
                else:
                    await robot.wait_news()
        if waiting.cancelled_caught:
            raise _Failed(f"no {what} within {seconds:g} s")

    async def _make_sure(self, request_id: str, again: SayAgain) -> None:
        """Find out whether an utterance went down with its link, and say it again if it did.

        The protocol does not tell. So the robot asks for something small and waits for that: what
        was said before has been replayed by then. Nothing of an answer may mean that the model is
        slow: then to say it again would cut short what is about to come (§6), so it waits a while.
        It is said again under the same id, for its answer may be on the way already.
        """
        self.recorder.make_sure(request_id)
        answer, beside, scan = self._answers.of(request_id), self._answers.beside, new_id()
        await self._line.tell(FaceScanMode(scan), scan)
        while not answer.messages and all(plain.get("request_id") != scan for plain in beside):
            await self._line.wait_news()
        with trio.move_on_after(_SLOW_MODEL_S):
            while not answer.messages:
                await self._line.wait_news()
        if not answer.messages:
            self._answers.take_turn(await again())

    # ── checking ──────────────────────────────────────────────────────────────────────────

    def _check(self, expect: Expect) -> None:
        """Fail with all that is not as expected."""
        filled = evolve(
            expect,
            text=expect.text and self._fill(expect.text),
            fields=fill_object(expect.fields, self._words),
        )
        if reasons := self._unmet(filled, self._answers.id_of(expect.turn)):
            raise _Failed("; ".join(reasons))

    def _unmet(self, expect: Expect, request_id: str) -> list[str]:
        answer, beside = self._answers.of(request_id), self._answers.beside
        return list(unmet(expect, answer, beside, resumed=self._answers.resumed))

    @property
    def _words(self) -> dict[str, str]:
        return {"token": self.part.token, "person": self._answers.person}

    def _fill(self, text: str) -> str:
        return str(fill(text, self._words))


def _has(answer: Answer, turn: Turn, step: Wait, pattern: re.Pattern[str]) -> bool:
    """Whether the part that `step` waits for has come."""
    match step.until:
        case "emotion":
            return turn.emotion is not None
        case "text":
            return bool(turn.texts and pattern.search(turn.text))
        case "chunks":
            return len(turn.texts) >= step.count
        case "end":
            return turn.outcome is not None
        case _:
            return any(plain.get("type") == step.until for plain in answer.messages)


def _tell(parting: Parting | None) -> str:
    if parting is None:
        return "the link is open"
    said = parting.error.error_code if parting.error is not None else parting.reason
    return f"{parting.end.name.lower()}, code {parting.code} {said}".rstrip()
