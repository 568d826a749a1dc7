"""One session under anything a robot, a model and time can do to it, in any order.

Hypothesis draws a play: a list of steps. `Stage` acts it out on the bench, under a clock that only
moves when a step says so, and keeps a model of its own of what must come of it, that knows nothing
of tables, turns or outboxes: who was spoken to, what was taken by a link, what was cut. It checks

- that every link is told each number once, in order, from where its robot left off; and that what
  is said again is what was said before;
- that all that was ever numbered, in its order, keeps the order of protocol.md §3, and every
  utterance has exactly one end;
- that the history is what was heard (§6), under the id of whom it was said to, and that the model
  is asked with the history of that person alone;
- that a server that is started now would remember the same history.
"""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
import trio
import trio.testing
from attrs import define, field, frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from robi.actors import outbox
from robi.actors.ask import ask
from robi.actors.attachment import Detached
from robi.actors.history import History
from robi.actors.keeper import remembered
from robi.actors.mail import Attach, Attached, Due, FromRobot, LinkLost
from robi.actors.store_mail import Conversation
from robi.errors import BrainTimeout
from robi.protocol.codec import decode_server
from robi.protocol.messages import (
    Audio,
    AudioEnd,
    ClientMessage,
    Image,
    InteractionStart,
    Interrupt,
    Multimodal,
    ServerMessage,
    Text,
)
from robi.protocol.order import OrderChecker
from robi.protocol.utf16 import prefix_utf16
from robi.store.ram import RamStore
from tests.actors.bench import Bench, Call

JPEG = b"\xff\xd8\xff\xe0" + bytes(64)
WAV = b"RIFF" + (36).to_bytes(4, "little") + b"WAVEfmt " + bytes(28)

RING = 12
"""Messages kept for replay here: few, so that a robot that was away too long is a common one."""


# ── the steps ─────────────────────────────────────────────────────────────────────────────


@frozen
class Connect:
    """A link comes. `behind`: how many messages less than it has seen its robot says it saw."""

    says: str
    """`seen`, `nothing` (no last_seq), or `too much` (numbers that were never given)."""
    behind: int = 0


@frozen
class Break:
    """The link breaks; of what it takes last, `lost` messages never arrive. None: it takes none."""

    lost: int | None
    for_good: bool = False


@frozen
class Listen:
    """The robot reads, at most so many times."""

    times: int


@frozen
class Speak:
    """A person says something, to be answered: `text`, `audio`, `image`, `several`."""

    kind: str


@frozen
class Mumble:
    """A person says nothing that could be answered: `silence`, or `noise` of no known format."""

    kind: str


@frozen
class Meet:
    """A person steps in front of the robot."""

    person_id: str


@frozen
class CutIn:
    """The person interrupts: the `newest` utterance, the one `before` it, or names none of them."""

    which: str
    spoken_chars: int | None


@frozen
class Think:
    """The model writes."""

    text: str


@frozen
class StopThinking:
    """The model ends its answer, well or not."""

    well: bool


@frozen
class Pass:
    """Time passes."""

    seconds: float


@frozen
class Settle:
    """Everybody does what is to be done; else a step may find the one before still in the post."""


Step = (
    Connect | Break | Listen | Speak | Mumble | Meet | CutIn | Think | StopThinking | Pass | Settle
)

SPOKEN = st.one_of(st.none(), st.integers(0, 20))
THINK = st.builds(
    Think,
    st.sampled_from([" uno", " dos 😀", "[emotion:sad] Ay", "[capture:photo]", " [hola]", ""]),
)
LISTEN = st.builds(Listen, st.integers(1, 4))
CUT_IN = st.builds(CutIn, st.sampled_from(["newest", "newest", "before", "nobody"]), SPOKEN)
SPEAK = st.builds(Speak, st.sampled_from(["text", "audio", "image", "several"]))
CONNECT = st.builds(
    Connect,
    st.sampled_from(["seen", "seen", "seen", "nothing", "too much"]),
    st.sampled_from([0, 0, 1, 3, RING, RING + 1]),
)
BREAK = st.builds(
    Break, st.one_of(st.none(), st.integers(0, 20)), st.sampled_from([False] * 5 + [True])
)
STOP = st.builds(StopThinking, st.sampled_from([True, True, False]))
STEPS: st.SearchStrategy[Step] = st.one_of(
    st.just(Settle()),
    LISTEN,
    SPEAK,
    THINK,
    STOP,
    CONNECT,
    BREAK,
    CUT_IN,
    st.builds(Meet, st.sampled_from(["unknown", "user_ana", "user_luis"])),
    st.builds(Mumble, st.sampled_from(["silence", "noise"])),
    st.builds(Pass, st.sampled_from([0.5, 11.0, 30.0, 61.0])),
)

SETTLE, START = st.just(Settle()), st.just(Think("[emotion:happy] Hola,"))
SCENES: st.SearchStrategy[list[Step]] = st.one_of(
    # What mere chance would seldom play: an answer that is heard, whole or in part, …
    st.tuples(SPEAK, SETTLE, START, THINK, LISTEN).map(list),
    st.tuples(SPEAK, SETTLE, START, THINK, THINK, STOP, LISTEN, CUT_IN).map(list),
    # … a robot that is away for a moment, or while much is said.
    st.tuples(BREAK, CONNECT, LISTEN).map(list),
    st.tuples(SPEAK, SETTLE, START, *[THINK] * 12, LISTEN, BREAK, CONNECT, LISTEN).map(list),
)
PLAYS = st.lists(st.one_of(STEPS.map(lambda step: [step]), SCENES), max_size=60, min_size=6).map(
    lambda scenes: [step for scene in scenes for step in scene]
)
"""Lists of steps, long enough to be about something; `Settle` is what is left of a dull one."""


# ── the model ─────────────────────────────────────────────────────────────────────────────


@define(eq=False)
class Expected:
    """An utterance, and what must come of it."""

    request_id: str
    words: str
    owner: str
    answerable: bool = True
    cut: bool = False
    spoken: int | None = None
    """How much of it the phone had spoken, as the interruption said that cut it, and …"""
    amended: int | None = None
    """… the least that any said that came later."""

    def heard(self, sent: str, ends_well: bool) -> list[tuple[str, str, str, bool]]:
        """Return the history of it, of which `sent` was taken by a link."""
        entries = [(self.owner, "person", self.words, False)]
        marks = [spoken for spoken in (self.spoken, self.amended) if spoken is not None]
        text = prefix_utf16(sent, min(marks)) if marks else sent
        if text:
            entries.append((self.owner, "robot", text, not ends_well or text != sent))
        return entries


@define(eq=False)
class Stage:
    """A session on the bench, what its robot knows, and what must come of it."""

    clock: trio.testing.MockClock
    bench: Bench
    link: Attached | None = None
    seen: int = 0
    """The newest message that the robot has seen."""
    said: dict[int, dict[str, Any]] = field(factory=dict)
    """All that a link was ever given, by number."""
    utterances: list[Expected] = field(factory=list)
    running: Expected | None = None
    ended: Expected | None = None
    """The newest one that is over."""
    ended_calls: list[Call] = field(factory=list)
    company: str = "stranger 0"
    strangers: int = 0
    count: int = 0

    # ── acting ────────────────────────────────────────────────────────────────────────────

    async def act(self, step: Step) -> None:
        match step:
            case Connect(says, behind):
                await self.connect(says, behind)
            case Break(lost, for_good) if self.link is not None:
                if lost is not None:
                    await self.listen(1, lost)
                await self.leave(for_good)
            case Listen(times):
                await self.listen(times)
            case Speak(kind) if self.link is not None:
                self.speak(kind)
            case Mumble(kind) if self.link is not None:
                self.mumble(kind)
            case Meet(person_id) if self.link is not None:
                self.meet(person_id)
            case CutIn(which, spoken_chars) if self.link is not None:
                self.cut_in(which, spoken_chars)
            case Think(text) if (call := self.open_call()) is not None:
                call.write(text)
            case StopThinking(well) if (call := self.open_call()) is not None:
                if not well:
                    call.fail(BrainTimeout("stalled"))
                self.end(call)
            case Pass(seconds):
                await self.wait(seconds)
            case Settle():
                await trio.testing.wait_all_tasks_blocked()

    async def connect(self, says: str, behind: int = 0) -> None:
        await trio.testing.wait_all_tasks_blocked()
        newest, kept = self.newest, min(self.newest, RING)
        seen = {"seen": max(0, self.seen - behind), "nothing": None, "too much": newest + 5}[says]
        before, first = self.link, self.link is None and not self.said
        self.link = await ask(self.bench.mailbox, Attach(seen), timeout=1)
        if before is not None:
            with pytest.raises(Detached) as caught:
                await before.attachment.frames()
            assert caught.value.code == 4409
            # What it still had to say comes too late, and so does the news that it is gone.
            before.attachment.drop()
            self.post(FromRobot(before.attachment, Interrupt(self.new_id()), None))
            self.post(LinkLost(before.attachment, left=False))
        told = newest if seen is None else seen
        caught_up = newest - kept <= told <= newest and not (seen is None and newest)
        if first and not self.connected:
            caught_up = False  # a new session
        self.connected = True
        assert self.link.resumed == (caught_up or (seen is None and not first))
        if caught_up:
            self.seen = told
        else:
            self.seen = newest
            self.cut(None)

    connected: bool = False

    async def leave(self, for_good: bool) -> None:
        assert self.link is not None
        self.link.attachment.drop()
        self.post(LinkLost(self.link.attachment, left=for_good))
        self.link = None
        if for_good:
            self.cut(None)
        await trio.testing.wait_all_tasks_blocked()

    async def listen(self, times: int, lost: int = 0) -> None:
        """Read; of the last that was taken, `lost` messages get lost on the way."""
        await trio.testing.wait_all_tasks_blocked()
        for left in reversed(range(times)):
            if self.link is None or not self.bench.session._outbox.pending:
                return
            messages = [json.loads(frame) for frame in await self.link.attachment.frames()]
            for position, message in enumerate(messages):
                self.take(message)
                if left or position < len(messages) - lost:
                    assert message["seq"] == self.seen + 1
                    self.seen = message["seq"]
            await trio.testing.wait_all_tasks_blocked()

    def take(self, message: dict[str, Any]) -> None:
        """A link was given `message`."""
        known = self.said.setdefault(message["seq"], message)
        assert known == message
        running, is_end = self.running, message["type"] in {"stream_end", "error"}
        if running is not None and is_end and message.get("request_id") == running.request_id:
            self.ended, self.running = running, None

    def speak(self, kind: str) -> None:
        request_id = self.new_id()
        words = f"({kind}) {request_id}"
        messages: list[ClientMessage]
        match kind:
            case "text":
                messages = [Text(request_id, words)]
            case "audio":
                words = "(audio)"
                messages = [Audio(WAV), AudioEnd(request_id)]
            case "image":
                # The answer to a picture that was asked for has the id of the question.
                if self.ended is not None and self.may_look(self.ended):
                    request_id = self.ended.request_id
                messages = [Image(request_id, "context", JPEG, text=words)]
            case _:
                words, kind = f"(several) {request_id}", "multimodal"
                messages = [Multimodal(request_id, text=words, image=JPEG)]
        self.say(*messages)
        self.cut(None)
        self.running = Expected(request_id, words, self.company)
        self.utterances.append(self.running)

    def mumble(self, kind: str) -> None:
        request_id = self.new_id()
        self.say(*([Audio(b"noise")] if kind == "noise" else []), AudioEnd(request_id))
        self.cut(None)
        self.utterances.append(Expected(request_id, "", self.company, answerable=False))

    def meet(self, person_id: str) -> None:
        self.say(InteractionStart(self.new_id(), person_id))
        self.cut(None)
        if person_id != "unknown":
            self.company = person_id
        elif not self.company.startswith("stranger"):
            self.strangers += 1
            self.company = f"stranger {self.strangers}"

    def cut_in(self, which: str, spoken_chars: int | None) -> None:
        ids = [utterance.request_id for utterance in self.utterances if utterance.answerable]
        back = {"newest": 1, "before": 2, "nobody": len(ids) + 1}[which]
        request_id = ids[-back] if back <= len(ids) else self.new_id()
        self.say(Interrupt(request_id, spoken_chars))
        running, ended = self.running, self.ended
        named_running = running is not None and running.request_id == request_id
        if ended is not None and ended.request_id == request_id and not named_running:
            if spoken_chars is not None:
                said = spoken_chars if ended.amended is None else min(ended.amended, spoken_chars)
                ended.amended = said
        else:
            self.cut(spoken_chars)

    def open_call(self) -> Call | None:
        """The newest call to the model, if neither side has ended it."""
        call = next(reversed(self.bench.brain.calls), None)
        if call is None or call.closed.is_set() or call in self.ended_calls:
            return None
        return call

    def end(self, call: Call) -> None:
        self.ended_calls.append(call)
        call.end()

    async def wait(self, seconds: float) -> None:
        await trio.testing.wait_all_tasks_blocked()
        self.clock.jump(seconds)
        if self.bench.wake_at is not None and self.bench.wake_at <= trio.current_time():
            self.post(Due())
            await trio.testing.wait_all_tasks_blocked()

    # ── helpers ───────────────────────────────────────────────────────────────────────────

    @property
    def newest(self) -> int:
        """The newest number."""
        return max(self.said, default=0)

    def new_id(self) -> str:
        self.count += 1
        return f"u{self.count}"

    def post(self, message: object) -> None:
        self.bench.mailbox.put_nowait(message)  # type: ignore[arg-type]

    def say(self, *messages: ClientMessage) -> None:
        assert self.link is not None
        for message in messages:
            self.post(FromRobot(self.link.attachment, message, None))

    def cut(self, spoken_chars: int | None) -> None:
        if self.running is not None:
            self.running.cut, self.running.spoken = True, spoken_chars
            self.ended, self.running = self.running, None

    def may_look(self, ended: Expected) -> bool:
        """Whether the answer to `ended` was sent whole and asked for a picture."""
        messages = [m for m in self.said.values() if m.get("request_id") == ended.request_id]
        return (
            not ended.cut
            and sum(utterance.request_id == ended.request_id for utterance in self.utterances) == 1
            and any(message["type"] == "capture_request" for message in messages)
            and messages[-1]["type"] == "stream_end"
        )

    # ── judging ───────────────────────────────────────────────────────────────────────────

    def check(self) -> None:
        """Look at all that is certain at any moment at which everybody has settled."""
        assert list(self.said) == sorted(self.said)
        assert self.newest == self.bench.session._outbox.last_seq == len(self.said)
        checker = OrderChecker()
        for message in self.said.values():
            checker.feed(parse(message))
        assert self.bench.session.details()["turn"] != "ended" or self.bench.over.is_set()

    def check_end(self) -> None:
        """Look at the whole, once nothing is left to be said."""
        waiting = [queued.message for queued in self.bench.session._outbox._queue]
        whole: list[ServerMessage] = [parse(message) for message in self.said.values()]
        checker = OrderChecker()
        for message in [*whole, *waiting]:
            checker.feed(message)
        checker.finish()

        sent = list(_turns([*self.said.values()], waiting))
        assert [turn.request_id for turn in sent] == [u.request_id for u in self.utterances]
        entries = [
            entry
            for utterance, turn in zip(self.utterances, sent, strict=True)
            if utterance.answerable
            for entry in utterance.heard(turn.text, turn.ends_well and not utterance.cut)
        ]
        self._check_history(entries)

    def _check_history(self, expected: list[tuple[str, str, str, bool]]) -> None:
        history = self.bench.session._history.entries
        kept = _as_kept(self.bench.session._history)
        ids = {
            owner: entry.person_id for entry, (owner, *_) in zip(history, expected, strict=False)
        }
        assert kept == [(ids.get(owner), *said) for owner, *said in expected]
        assert len(set(ids.values())) == len(ids)
        for owner, person_id in ids.items():
            assert person_id.startswith("stranger:") == owner.startswith("stranger")
            assert owner.startswith("stranger") or owner == person_id

        for call in self.bench.brain.calls:
            words = call.request.utterance.text
            before = [said.text for said in call.request.history if said.role == "person"]
            mine = [e.said.text for e in history if e.said.role == "person"]
            if words:  # names its utterance, unlike audio
                owner = next(e.person_id for e in history if e.said.text == words)
                place = mine.index(words)
                people = [e.person_id for e in history if e.said.role == "person"]
                whose = zip(mine[:place], people, strict=False)
                assert before == [text for text, person in whose if person == owner]

        store = RamStore()
        store.write(self.bench.written())
        row = store.session("s")
        past = remembered(Conversation(row, store.history("s")) if row else None)
        assert _as_kept(past) == kept


def _as_kept(history: History) -> list[tuple[str, str, str, bool]]:
    said = [(entry.person_id, entry.said) for entry in history.entries]
    return [(person_id, s.role, s.text, s.cut_off) for person_id, s in said]


def parse(message: dict[str, Any]) -> ServerMessage:
    return decode_server(json.dumps(message)).message


@frozen
class Sent:
    """What was said in answer to one utterance."""

    request_id: str
    text: str
    ends_well: bool


def _turns(said: list[dict[str, Any]], waiting: list[ServerMessage]) -> Iterator[Sent]:
    """Yield the answers in `said`, to its end in what still waits."""
    text = ""
    for message in said:
        if message["type"] == "text_chunk":
            text += message["text"]
        elif message["type"] in {"stream_end", "error"}:
            well = message["type"] == "stream_end" and not message.get("interrupted")
            yield Sent(message["request_id"], text, well)
            text = ""
    for late in waiting:
        if type(late).__name__ in {"StreamEnd", "ErrorReport"}:
            yield Sent(late.request_id, text, ends_well=False)  # type: ignore[union-attr, arg-type]
            text = ""


async def play(steps: list[Step], *, ends_with: str) -> None:
    clock = trio.lowlevel.current_clock()
    assert isinstance(clock, trio.testing.MockClock)
    async with trio.open_nursery() as nursery:
        bench = Bench(nursery)
        bench.start()
        stage = Stage(clock, bench)
        await stage.connect("nothing")
        for step in steps:
            if bench.over.is_set():
                break
            await stage.act(step)
            if isinstance(step, Settle | Listen):
                stage.check()
        await trio.testing.wait_all_tasks_blocked()
        if not bench.over.is_set():
            await finish(stage, ends_with)
        stage.check_end()
        assert all(call.closed.is_set() for call in bench.brain.calls)
        nursery.cancel_scope.cancel()


async def finish(stage: Stage, how: str) -> None:
    """Let the play end: every answer is heard out, or the session is."""
    bench = stage.bench
    if how == "time":
        if stage.link is not None:
            await stage.leave(for_good=False)
        await stage.wait(61)
        stage.cut(None)
        assert bench.over.is_set()
        return
    if stage.link is None:
        await stage.connect("seen")
    if how == "goodbye":
        await stage.leave(for_good=True)
        return
    await trio.testing.wait_all_tasks_blocked()
    if (call := stage.open_call()) is not None:
        call.write("[emotion:happy] fin")
        stage.end(call)
    await stage.listen(100)
    assert stage.running is None
    assert stage.newest == stage.seen


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    steps=PLAYS,
    ends_with=st.sampled_from(["words", "goodbye", "time"]),
)
def test_session_keeps_its_promises_whatever_happens(steps: list[Step], ends_with: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outbox, "RING_MESSAGES", RING)
        trio.run(
            partial(play, steps, ends_with=ends_with),
            clock=trio.testing.MockClock(),
            strict_exception_groups=True,
        )
