"""What is forgotten or private is never told again, whatever was said in which order before it.

Hypothesis draws what people say, wish and cut short before one robot. Each utterance, each answer
and each summary carries a mark of its own, so that it is known wherever it turns up. The test keeps
nothing but the set of marks that are gone, of each person, and looks for them in all that the model
is asked and in all that leaves the session after that.
"""

from collections.abc import Awaitable, Callable
from functools import partial

import trio
import trio.testing
from attrs import asdict, define, field
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from robi.actors.mail import Forgot, Hushed
from robi.actors.memory_mail import Forget, ForgetAbout
from robi.protocol.messages import Audio, AudioEnd, InteractionStart, Interrupt, Text
from robi.speech.scene import Said
from tests.actors.bench import Bench, Robot

WAV = b"RIFF" + (36).to_bytes(4, "little") + b"WAVEfmt " + bytes(28)
THRESHOLD = 8
PEOPLE = ("user_ana", "user_luis")

STEPS = st.sampled_from(
    [
        *["say"] * 6,
        "say half",
        "hum",
        "hum incognito",
        "hum forget that",
        "incognito",
        "resume",
        "forget that",
        "forget all",
        "erase",
        "erase all",
        "hush",
        "cut",
        *PEOPLE,
    ]
)


@define(eq=False)
class WatchedBench(Bench):
    """Tells when the memory is asked to forget: what was written before it removes, no more."""

    on_forget: Callable[[], None] = field(kw_only=True, default=lambda: None)

    def _forget(self, question: Forget | ForgetAbout) -> Callable[[], Awaitable[None]]:
        self.on_forget()
        return super()._forget(question)


@define(eq=False)
class Play:
    """One robot, who is before it, and what must not be told any more."""

    bench: Bench
    robot: Robot
    speaker: str = PEOPLE[0]
    incognito: set[str] = field(factory=set)
    """Who is: until they say otherwise, whoever comes by meanwhile."""
    off_record: dict[str, set[str]] = field(factory=dict)
    """The turns of their visits, which are gone with those."""
    count: int = 0
    said: list[tuple[str, str, str]] = field(factory=list)
    """Person, turn and mark of all that is still part of the conversation, oldest first."""
    forgotten: set[str] = field(factory=set)
    """Marks that no prompt may hold any more."""
    unwritable: set[str] = field(factory=set)
    """Marks that may not leave the session: private ones never, forgotten ones no more."""
    checked: int = 0
    written: int = 0
    heard: int = 0

    async def act(self, step: str) -> None:
        match step:
            case "say":
                await self.turn("", private=self.is_incognito)
            case "say half":
                await self.turn("", private=self.is_incognito, ends=False)
            case "hum" | "hum incognito" | "hum forget that":
                await self.hum(step)
            case "incognito":
                self.incognito.add(self.speaker)
                await self.turn("Esto no lo recuerdes.", private=True)
            case "resume":
                self.incognito.discard(self.speaker)
                over = self.off_record.pop(self.speaker, set())
                self.forget(lambda _person, turn: turn in over)
                await self.turn("Ya puedes recordar.", private=False)
            case "forget that":
                self.forget_newest()
                await self.turn("Olvida eso.", private=True)
            case "forget all":
                self.forget(lambda person, _turn: person == self.speaker)
                await self.turn("Olvida todo lo que sabes de mí.", private=True)
                await self.stands(self.speaker)
            case "erase" if self.said:
                person, turn, _ = self.said[len(self.said) // 2]
                self.forget(lambda _person, other: other == turn)
                self.forbid()
                await self.bench.is_told(Forgot(person, frozenset({("s", turn)})))
            case "erase all":
                self.forget(lambda person, _turn: person == PEOPLE[0])
                self.forbid()
                await self.bench.is_told(Forgot(PEOPLE[0], everything=True))
            case "hush" if self.said:
                _, turn, _ = self.said[0]
                await self.bench.is_told(Hushed("s", turn))
                await trio.testing.wait_all_tasks_blocked()
                self.look()
                self.unwritable |= {mark for _, other, mark in self.said if other == turn}
            case "cut":
                await self.robot.says(Interrupt(f"t{self.count}"))
            case person if person in PEOPLE:
                await self.stands(person)
        await trio.testing.wait_all_tasks_blocked()
        self.look()

    @property
    def is_incognito(self) -> bool:
        return self.speaker in self.incognito

    async def stands(self, person: str) -> None:
        self.speaker = person
        await self.robot.says(InteractionStart("i", person))

    async def turn(self, wish: str, *, private: bool, ends: bool = True) -> None:
        """Say a mark, or a wish alone, and have it answered with the same mark."""
        mark = self.begin(private=private)
        number = len(self.bench.brain.calls)
        await self.robot.says(Text(f"t{self.count}", wish or f"Me gusta {mark}."))
        await self.answer(number, f"Vale, {mark}", ends=ends)

    async def hum(self, step: str) -> None:
        wish = {"hum incognito": "[incognito:on]", "hum forget that": "[forget:that]"}.get(step, "")
        before = self.said[:]
        mark = self.begin(private=self.is_incognito or bool(wish))
        number = len(self.bench.brain.calls)
        await self.robot.says(Audio(WAV), AudioEnd(f"t{self.count}"))
        await self.answer(number, f"Vale[media_summary:Le gusta {mark}.]{wish}", ends=True)
        if step == "hum incognito":
            self.incognito.add(self.speaker)
            self.off_record.setdefault(self.speaker, set()).add(f"t{self.count}")
        elif step == "hum forget that":
            own, self.said = self.said[-1], before
            self.forget_newest()
            self.said.append(own)

    def begin(self, *, private: bool) -> str:
        self.count += 1
        # No digit: those are told in words.
        mark = f"cosa{''.join('abcdefghij'[int(digit)] for digit in str(self.count))}x"
        self.said.append((self.speaker, f"t{self.count}", mark))
        if private:
            self.unwritable.add(mark)
        if self.is_incognito:
            self.off_record.setdefault(self.speaker, set()).add(f"t{self.count}")
        return mark

    async def answer(self, number: int, text: str, *, ends: bool) -> None:
        await trio.testing.wait_all_tasks_blocked()
        call = next(c for c in self.bench.brain.calls[number:] if c.request.purpose == "talk")
        call.write(text)
        if ends:
            call.end()
            await self.robot.hears_turn()
        else:
            await self.robot.hears_until("text_chunk")
        await trio.testing.wait_all_tasks_blocked()
        for summary in self.bench.brain.calls[number:]:
            if summary.request.purpose == "summary" and not summary.closed.is_set():
                marks = [word for _, _, word in self.said if word in str(summary.request)]
                summary.answer(f"Habló de {' '.join(marks)}.")
        await trio.testing.wait_all_tasks_blocked()

    def forget_newest(self) -> None:
        mine = [turn for person, turn, _ in self.said if person == self.speaker]
        if mine:
            self.forget(lambda _person, turn: turn == mine[-1])

    def forget(self, concerns: Callable[[str, str], bool]) -> None:
        """Note what no prompt may hold from here on."""
        self.look()
        gone = [one for one in self.said if concerns(one[0], one[1])]
        self.said = [one for one in self.said if one not in gone]
        self.forgotten |= {mark for _, _, mark in gone}

    def forbid(self) -> None:
        """Of what is forgotten nothing is to be written from here on."""
        self.look_at_writes()
        self.unwritable |= self.forgotten

    # ── judging ───────────────────────────────────────────────────────────────────────────

    def look(self) -> None:
        """Look at what the model was asked and what left the session since the last time."""
        calls = self.bench.brain.calls[self.checked :]
        self.checked += len(calls)
        others = {mark for person, _, mark in self.said if person != self.speaker}
        for call in calls:
            request = call.request
            told = " ".join([request.system, request.utterance.text, *map(_text, request.history)])
            assert not _in(told, self.forgotten)
            assert request.purpose == "summary" or not _in(told, others)
        self.look_at_writes()

    def look_at_writes(self) -> None:
        """Look at what left the session since the last time."""
        news = [*self.bench.written()[self.written :], *self.bench.accounts[self.heard :]]
        self.written, self.heard = len(self.bench.written()), len(self.bench.accounts)
        for one in news:
            assert not _in(str(asdict(one)), self.unwritable)


def _text(said: Said) -> str:
    return said.text


def _in(text: str, marks: set[str]) -> set[str]:
    return {mark for mark in marks if mark in text}


async def play(steps: list[str]) -> None:
    async with trio.open_nursery() as nursery:
        bench = WatchedBench(nursery, compaction_threshold=THRESHOLD)
        bench.start()
        stage = Play(bench, await bench.robot())
        bench.on_forget = stage.forbid
        await stage.stands(PEOPLE[0])
        for step in steps:
            await stage.act(step)
        nursery.cancel_scope.cancel()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(STEPS, min_size=4, max_size=40))
def test_what_is_forgotten_or_private_is_never_told_again(steps: list[str]) -> None:
    trio.run(
        partial(play, steps),
        clock=trio.testing.MockClock(),
        strict_exception_groups=True,
    )
