"""One robot: it authenticates, listens, speaks, and comes back when its link drops.

Owns the session's id and the link of the moment. It prints nothing: what happens is told to a
`Witness`, at once and in order. A thousand of these can share one process. It is one file, for what
a robot says, which is its second half, is one list over one link.
"""

import itertools
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager

import trio
from attrs import define, field

from robi.protocol import codec
from robi.protocol.messages import (
    UNKNOWN_PERSON,
    AudioEnd,
    AudioFormat,
    Auth,
    AuthOk,
    ClientMessage,
    ErrorReport,
    Image,
    InteractionStart,
    Interrupt,
    Multimodal,
    Text,
    Video,
)
from tools.sim.ledger import Ledger, Turn
from tools.sim.link import End, Link, LinkOver, Parting
from tools.sim.reading import read
from tools.sim.witness import Heard, Identity, Witness

FRAME_BYTES = 4096
"""Audio goes out in pieces of this size, as the phone sends it."""

_LONGEST_PAUSE_S = 30
_CONFIDENCE = 0.95


def back_off() -> Iterator[int]:
    """Yield the pauses between attempts in seconds: 1, 2, 4, 8 … 30 (protocol.md §5)."""
    return (min(2**attempt, _LONGEST_PAUSE_S) for attempt in itertools.count())


@define(eq=False)
class Robot:
    """A robot, on the line while `run` runs.

    Args:
        open_link: makes a link, to be entered; raises LinkOver.
        identity: who this is.
        witness: who is told.
        patience: seconds to wait for `auth_ok`.
        persistent: whether to come back after a link that was once good.
    """

    open_link: Callable[[], AbstractAsyncContextManager[Link]]
    identity: Identity
    witness: Witness
    patience: float
    persistent: bool = False

    ledger: Ledger = field(init=False)
    parting: Parting | None = field(default=None, init=False)
    """Why `run` ended; None before, and when it was told to."""
    _person_id: str = field(init=False)
    _link: Link | None = field(default=None, init=False)
    _links: int = field(default=0, init=False)
    _leaving: bool = field(default=False, init=False)
    _away: float | None = field(default=None, init=False)
    """How long to stay away after the link that is dropped; None: as the phone does."""
    _just_met: bool = field(default=False, init=False)
    _born: float = field(factory=trio.current_time, init=False)
    _news: trio.Event = field(factory=trio.Event, init=False)

    def __attrs_post_init__(self) -> None:
        """Begin as the identity says."""
        self.ledger = Ledger(self.identity.session_id, self.identity.last_seq)
        self._person_id = self.identity.person_id

    # ── the link ──────────────────────────────────────────────────────────────────────────

    async def run(self) -> None:
        """Keep a link until told to `leave`, or until it is over for good: see `parting`."""
        pauses = back_off()
        while True:
            links_before = self._links
            parting = await self._stay_linked()
            if self._leaving:
                return
            if self._links > links_before:
                pauses = back_off()
            if parting.final or not self.persistent or not self._links:
                break
            pause = max(next(pauses), parting.retry_after) if self._away is None else self._away
            self._away = None
            self.witness.parted(parting, pause)
            await trio.sleep(pause)
        self.parting = parting
        self.witness.parted(parting, None)
        self._lose_turns()

    async def leave(self) -> None:
        """Close the link with 1000; `run` ends if there was one, and may be cancelled if not."""
        self._leaving = True
        if self._link is not None:
            await self._link.close()

    async def drop(self, away: float) -> None:
        """Lose the link without a goodbye, and come back after `away` seconds."""
        link = await self.wait_linked()
        self._away = away
        await link.drop()
        while self._link is link:  # until the reader has noticed as well
            await self._news.wait()

    @property
    def on_the_line(self) -> bool:
        """Whether there is an authenticated link."""
        return self._link is not None

    async def wait_linked(self) -> Link:
        """Wait until there is an authenticated link."""
        while self._link is None:
            await self._news.wait()
        return self._link

    async def wait_news(self) -> None:
        """Wait for the next message of the server, or change of the link."""
        await self._news.wait()

    async def wait_answered(self, turn: Turn) -> None:
        """Wait until `turn` has an outcome."""
        while turn.outcome is None:
            await self._news.wait()

    async def _stay_linked(self) -> Parting:
        """One link, from opening it to its end."""
        try:
            async with self.open_link() as link:
                try:
                    await self._authenticate(link)
                    while True:
                        self._hear(await link.receive())
                finally:
                    self._link = None
                    self.ledger.hang_up()
                    self._announce()
        except LinkOver as over:
            return over.parting

    async def _authenticate(self, link: Link) -> None:
        auth = Auth(
            api_key=self.identity.api_key,
            device_id=self.identity.device_id,
            session_id=self.ledger.session_id,
            last_seq=self.ledger.last_seq,
        )
        await link.send(self._frame(auth))
        hello: AuthOk | None = None
        refusal: ErrorReport | None = None
        with trio.move_on_after(self.patience):
            try:
                while hello is None:
                    match self._hear(await link.receive()):
                        case AuthOk() as hello:
                            pass
                        case ErrorReport() as refusal:
                            pass
            except LinkOver as over:
                raise LinkOver(over.parting.because(refusal)) from over
        if hello is None:
            raise LinkOver(Parting(End.SILENT).because(refusal))
        await self._take_up(link, hello)

    async def _take_up(self, link: Link, hello: AuthOk) -> None:
        """Begin to use an authenticated link; the person is introduced unless the server knows."""
        if not hello.resumed:
            self._lose_turns()
        self._links += 1
        self.witness.linked(hello, again=self._links > 1)
        if not hello.resumed:
            await link.send(self._meeting())
        self._link = link
        self._announce()

    def _hear(self, raw: str | bytes) -> object:
        now = trio.current_time()
        reading = read(raw)
        hearing = self.ledger.hear(reading.message, reading.seq, now)
        self.witness.heard(Heard(reading, hearing.turn, now - self._born))
        for rule in (*reading.faults, *hearing.rules):
            self.ledger.blame(hearing.turn, rule)
            self.witness.violated(rule)
        if hearing.turn is not None and hearing.over:
            self.witness.ended(hearing.turn)
        self._announce()
        return reading.message

    def _lose_turns(self) -> None:
        for turn in self.ledger.lose(trio.current_time()):
            self.witness.ended(turn)
        self._announce()

    def _announce(self) -> None:
        news, self._news = self._news, trio.Event()
        news.set()

    # ── what a robot says ─────────────────────────────────────────────────────────────────

    async def meet(self, person_id: str) -> None:
        """Someone stands in front of the robot."""
        self._person_id = person_id
        await self.wait_linked()
        await self._send([self._meeting()])

    async def say(self, content: str) -> Turn:
        """Say something in text."""
        return await self.ask(Text(new_id(), content))

    async def ask(self, utterance: Text | Image | Video | Multimodal) -> Turn:
        """Say or show something; a picture may carry the id of a turn that asked for it."""
        turn = await self._ask(utterance.request_id)
        await self._send([self._frame(utterance)], turn)
        return turn

    async def tell(self, message: ClientMessage, request_id: str) -> None:
        """Say what is no utterance, but may be answered under its id all the same."""
        await self.wait_linked()
        self.ledger.mention(request_id, trio.current_time())
        await self._send([self._frame(message)])

    async def play(
        self,
        data: bytes,
        form: AudioFormat | None = None,
        pause: float = 0,
        request_id: str | None = None,
    ) -> Turn:
        """Say something aloud: frames of 4 KiB, with `pause` seconds after each, then the end.

        Args:
            data: a sound file; or PCM, when `form` says how to read it.
            form: of PCM.
            pause: between frames, in seconds; 0 sends as fast as the server reads.
            request_id: of the utterance; a new one by default.
        """
        await self.wait_linked()
        pieces = [data[i : i + FRAME_BYTES] for i in range(0, len(data), FRAME_BYTES)]
        start = [self._meeting(form)] if form is not None or not self._just_met else []
        await self._send([*start, *pieces], pause=pause)
        turn = await self._ask(request_id or new_id())
        await self._send([self._frame(AudioEnd(turn.request_id))], turn)
        return turn

    async def interrupt(self, turn: Turn, spoken_chars: int | None = None) -> None:
        """Cut `turn` short, having spoken so much of it; by default all that came."""
        turn.cutting_in = True
        spoken = turn.spoken_chars if spoken_chars is None else spoken_chars
        await self._send([self._frame(Interrupt(turn.request_id, spoken))])

    async def send_raw(self, text: str | bytes, request_id: str | None) -> Turn | None:
        """Send `text` as it is, bytes as a binary frame.

        With a `request_id` it is an utterance, whose turn is returned.
        """
        turn = await self._ask(request_id) if request_id is not None else None
        await self._send([text], turn)
        return turn

    def give_up(self, turn: Turn) -> None:
        """Wait for `turn` no longer."""
        self.ledger.give_up(turn, trio.current_time())
        self.witness.ended(turn)
        self._announce()

    async def _ask(self, request_id: str) -> Turn:
        """Begin a turn, once there is a link to say it on: the wait for one is no latency."""
        await self.wait_linked()
        self._just_met = False
        return self.ledger.ask(request_id, trio.current_time())

    async def _send(
        self, frames: Sequence[str | bytes], turn: Turn | None = None, pause: float = 0
    ) -> None:
        """Send `frames` over one link; if it drops in the middle, all again over the next one.

        Not if `turn`, which they began, was lost with the session.
        """
        while turn is None or turn.outcome is None:
            link = await self.wait_linked()
            try:
                for frame in frames:
                    await link.send(frame)
                    await trio.sleep(pause)
            except LinkOver:
                while self._link is link:  # until the reader has noticed as well
                    await self._news.wait()
            else:
                return

    def _meeting(self, form: AudioFormat | None = None) -> str:
        """`interaction_start` for the person in front, who is recognised unless a stranger."""
        self._just_met = True
        known = self._person_id != UNKNOWN_PERSON
        request_id = new_id()
        self.ledger.mention(request_id, trio.current_time())
        return self._frame(
            InteractionStart(
                request_id,
                self._person_id,
                face_recognized=known,
                face_confidence=_CONFIDENCE if known else None,
                audio_format=form,
            )
        )

    def _frame(self, message: ClientMessage) -> str:
        return codec.encode_client(message, self.identity.dialect).decode()


def new_id() -> str:
    """Return an id for an utterance that no other has."""
    return f"sim-{secrets.token_hex(6)}"
