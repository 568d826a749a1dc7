"""A conversation: a script performed, or lines typed, from the first hello to the exit code.

Owns what a typed line means, how long an answer is waited for, what is shown when the robot asks to
look, and what Ctrl-C does: in the middle of an answer it cuts in, otherwise it leaves.

A person at a terminal may cut in by typing, and what they type while there is no link is dropped,
which they are told; lines of a pipe wait for each other's answers, and for a link. It is one file,
for all of it is about one conversation's one next step.
"""

import re
from math import inf

import orjson
import trio
from attrs import define, field

from robi.protocol.messages import CaptureType
from tools.sim.exits import Exit
from tools.sim.files import (
    Showing,
    audio_format,
    frame_seconds,
    is_file,
    looks_like_path,
    path_of,
    picture,
)
from tools.sim.keyboard import Lines
from tools.sim.ledger import Turn
from tools.sim.link import End
from tools.sim.options import Options, Step
from tools.sim.robot import Robot
from tools.sim.views import View
from tools.sim.words import Words

_NEWS_WAIT_S = 2.0
_COMMAND = re.compile(r"/\w+(?:\s|$)")
_WITHOUT_LINK = ("/help", "/quit")
_UTTERANCES = ("text", "audio_end", "image", "video", "multimodal")


@define(eq=False)
class Talk:
    """One conversation of `robot`, shown on `view`, as `options` ask."""

    robot: Robot
    view: View
    options: Options
    words: Words
    lines: Lines

    _asking: Turn | None = field(default=None, init=False)
    """The turn whose wish for a picture the person may fulfil with the next line."""
    _leaving: bool = field(default=False, init=False)
    _cut_off: bool = field(default=False, init=False)
    _done: bool = field(default=False, init=False)
    _scope: trio.CancelScope = field(factory=trio.CancelScope, init=False)

    @property
    def typing(self) -> bool:
        """Whether a person sits at a terminal."""
        return not self.options.script and self.lines.interactive

    async def run(self) -> Exit:
        """Talk until all is said or the link is over for good."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._stay_on_the_line)
            if not self.typing:
                nursery.start_soon(self._give_up)
            with self._scope:
                async with trio.open_nursery() as talking:
                    await self.robot.wait_linked()
                    await (self._perform() if self.options.script else self._listen(talking))
                    self._done = True
                    talking.cancel_scope.cancel()
            await self.robot.leave()
            nursery.cancel_scope.cancel()
        return self._exit_code()

    async def hurry(self) -> None:
        """Ctrl-C: cut the answer short; a second time, or when there is none, leave."""
        turn = self.robot.ledger.running
        self._cut_off = turn is not None
        if turn is None or turn.cutting_in or not self.robot.on_the_line:
            self.leave()
        else:
            self._leaving = not self.typing
            self.view.note(self.words.interrupting)
            await self.robot.interrupt(turn)

    def leave(self) -> None:
        """Close the link with 1000 and stop, whatever is going on."""
        self._leaving = True
        self._scope.cancel()

    async def _stay_on_the_line(self) -> None:
        await self.robot.run()
        self._scope.cancel()

    async def _give_up(self) -> None:
        """Wait for a lost link no longer than for an answer: nobody is there to press Ctrl-C."""
        await self.robot.wait_linked()
        while True:
            if self.robot.on_the_line:
                await self.robot.wait_news()
                continue
            with trio.move_on_after(self.options.timeout) as waiting:
                await self.robot.wait_linked()
            if waiting.cancelled_caught:
                self.view.trouble(self.words.timed_out.format(seconds=f"{self.options.timeout:g}"))
                self._scope.cancel()
                return

    def _exit_code(self) -> Exit:
        ledger, parting = self.robot.ledger, self.robot.parting
        if ledger.violations:
            return Exit.ORDER
        if parting is not None and parting.end is End.REFUSED:
            return Exit.KEY
        if self._cut_off and self._leaving:
            return Exit.CTRL_C
        if not self.typing and ledger.outcomes["error"]:
            return Exit.ERROR
        unanswered = not self.typing and (ledger.outcomes["timeout"] or ledger.outcomes["lost"])
        gone = not self._done and not self._leaving
        return Exit.NO_ANSWER if unanswered or gone else Exit.OK

    # ── a script ──────────────────────────────────────────────────────────────────────────

    async def _perform(self) -> None:
        for step in self.options.script:
            self.view.uttered(step.value)
            turn = await self._take(step)
            if turn is not None:
                await self._await_answer(turn)
            if self._leaving:
                break

    async def _take(self, step: Step) -> Turn | None:
        match step.kind:
            case "say":
                return await self.robot.say(step.value)
            case "audio":
                return await self._play(step.value)
            case "image":
                look = Showing("photo", purpose=self.options.purpose, text=self.options.text)
                return await self._show(step.value, look)
            case "video":
                return await self._show(step.value, Showing("video", text=self.options.text))

    # ── lines ─────────────────────────────────────────────────────────────────────────────

    async def _listen(self, nursery: trio.Nursery) -> None:
        send, lines = trio.open_memory_channel[str](inf if self.typing else 0)
        nursery.start_soon(self._read_lines, send)
        with lines:
            async for line in lines:
                turn = await self._obey(line)
                if turn is None:
                    self.view.prompt()
                elif self.typing:
                    nursery.start_soon(self._await_answer, turn)
                else:
                    await self._await_answer(turn)
                if self._leaving:
                    break
            while not self._leaving and not self._hung_up and self.robot.ledger.running:
                await self.robot.wait_news()

    @property
    def _hung_up(self) -> bool:
        """Whether a person types, and there is no link."""
        return self.typing and not self.robot.on_the_line

    async def _read_lines(self, lines: trio.MemorySendChannel[str]) -> None:
        """Hand on what is typed; whatever else goes on, the end of it is noticed at once."""
        with lines:
            while (line := await self.lines.next_line()) is not None:
                self.view.typed()
                if self._hung_up and line.strip() not in _WITHOUT_LINK:
                    self.view.note(self.words.offline)
                    self.view.prompt()
                else:
                    await lines.send(line.strip())
        if self._hung_up:
            self.leave()

    async def _obey(self, line: str) -> Turn | None:
        """Do what `line` says; the turn it began, if it did."""
        asking, self._asking = self._asking, None
        if asking is not None and asking.capture is not None:
            if not line:
                self.view.note(self.words.capture_refused)
                return None
            if is_file(line):
                look = Showing(asking.capture.capture_type, asking.request_id)
                return await self._show(line, look)
            if looks_like_path(line) and not _COMMAND.match(line):
                self._asking = asking
                self._read(line)  # says why not
                self.view.note(self.words.capture_question)
                return None
        if not line:
            return None
        if not line.startswith("/"):
            self.view.uttered(line)
            return await self.robot.say(line)
        return await self._command(line, asking)

    async def _command(self, line: str, asking: Turn | None) -> Turn | None:
        command, _, rest = line.partition(" ")
        rest = rest.strip()
        if command in ("/photo", "/video", "/audio", "/me", "/raw") and not rest:
            self.view.trouble(self.words.needs_argument.format(command=command))
            return None
        request_id = asking.request_id if asking is not None else None
        match command:
            case "/photo":
                return await self._show(rest, Showing("photo", request_id))
            case "/video":
                return await self._show(rest, Showing("video", request_id))
            case "/audio":
                return await self._play(rest)
            case "/raw":
                return await self._send_raw(rest)
            case "/me":
                await self.robot.meet(rest)
            case "/interrupt":
                await self._interrupt()
            case "/help":
                self.view.note(self.words.help)
            case "/quit":
                self._leaving = True
            case _:
                self.view.trouble(self.words.unknown_command.format(command=command))
        return None

    async def _interrupt(self) -> None:
        turn = self.robot.ledger.running
        if turn is None:
            self.view.note(self.words.nothing_running)
        else:
            await self.robot.interrupt(turn)

    async def _send_raw(self, text: str) -> Turn | None:
        """Send anything at all; what is an utterance by its looks is waited for."""
        try:
            plain = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            self.view.note(self.words.not_json.format(reason=error))
            plain = None
        request_id = plain.get("request_id") if isinstance(plain, dict) else None
        if isinstance(request_id, str) and plain.get("type") in _UTTERANCES:
            return await self.robot.send_raw(text, request_id)
        await self.robot.send_raw(text, None)
        if not self.typing:  # a pipe may end here: give the server the time to say something
            with trio.move_on_after(_NEWS_WAIT_S):
                await self.robot.wait_news()
        return None

    # ── answers ───────────────────────────────────────────────────────────────────────────

    async def _await_answer(self, turn: Turn, *, offer: bool = True) -> None:
        """Wait for the end of `turn`, within the time-out, and show what it asks to see."""
        with trio.move_on_after(self.options.timeout):
            await self.robot.wait_answered(turn)
        if turn.outcome is None:
            self.view.trouble(self.words.timed_out.format(seconds=f"{self.options.timeout:g}"))
            self.robot.give_up(turn)
        elif turn.capture is not None and turn.outcome == "ended" and offer:
            await self._offer(turn, turn.capture.capture_type)

    async def _offer(self, turn: Turn, kind: CaptureType) -> None:
        """Answer a wish for a picture: by itself, by asking the person, or not at all.

        A wish that comes with the answer to a picture is left to the person, lest two machines
        go on for ever.
        """
        file = self.options.photo if kind == "photo" else self.options.clip
        if file is not None:
            self.view.note(self.words.capture_sent.format(path=file))
            reply = await self._show(str(file), Showing(kind, turn.request_id))
            if reply is not None:
                await self._await_answer(reply, offer=False)
        elif self.options.script:
            self.view.note(self.words.capture_hints[kind])
        else:
            self._asking = turn
            if self.typing:  # in a pipe the next line may be `/photo`, or not
                self.view.note(self.words.capture_question)
                self.view.prompt()

    # ── files ─────────────────────────────────────────────────────────────────────────────

    async def _play(self, name: str) -> Turn | None:
        data = self._read(name)
        if data is None:
            return None
        form = audio_format(path_of(name))
        pause = frame_seconds(data, form) if self.options.realtime else 0
        return await self.robot.play(data, form, pause)

    async def _show(self, name: str, showing: Showing) -> Turn | None:
        data = self._read(name)
        if data is None:
            return None
        return await self.robot.ask(picture(showing, path_of(name), data))

    def _read(self, name: str) -> bytes | None:
        """Read a file at once: a thread would cost more than the milliseconds it saves."""
        try:
            return path_of(name).read_bytes()
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            self.view.trouble(self.words.no_file.format(path=name, reason=reason))
            return None
