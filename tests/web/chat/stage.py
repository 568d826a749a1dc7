"""What the tests of the chat stand on: sessions in RAM, and a client that speaks HTTP by hand."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import trio
import trio.testing
from attrs import define, field

from robi.actors.attachment import Attachment
from robi.actors.errors import ActorDied
from robi.actors.keyring import KeyRole, Pass
from robi.actors.mail import FromReader, LinkLost, SessionMessage
from robi.actors.outbox import Outbox
from robi.actors.reception import Attended
from robi.actors.turn import report
from robi.errors import (
    ApiKeyExpired,
    ApiKeyInvalid,
    ApiKeyMissing,
    KeyNotFit,
    RobiError,
    SessionNotFound,
    TextNotFound,
)
from robi.protocol.closing import TAKEN_OVER
from robi.protocol.codec import encode
from robi.protocol.dialects import Dialect
from robi.protocol.messages import (
    Citation,
    Emotion,
    Expression,
    ResponseMeta,
    ServerMessage,
    StreamEnd,
    TextChunk,
)
from robi.web.accept import Dispatcher
from robi.web.asgi import AsgiApp
from robi.web.chat.asking import Chat, ChatPorts
from robi.web.chat.door import ReaderDoor, ReaderRules
from robi.web.handshake import UpgradeRules
from robi.web.http import HttpLimits
from tests.web.api.stage import Stage as ApiStage
from tests.web.chat.client import FREE, Answer, Client

PAGE = "https://book.example"
OTHER_PAGE = "https://other.example"
STRANGE_PAGE = "https://strange.example"
BOUND = "reader-of-one-page"
FRUGAL = "reader-with-a-budget"
ROBOT = "a-robot"
OPERATOR = "an-operator"
EXPIRED = "expired"
PASSES = {
    FREE: Pass("reader", "key_free"),
    BOUND: Pass("reader", "key_bound", origins=(OTHER_PAGE,)),
    FRUGAL: Pass("reader", "key_frugal", daily_tokens=1000),
    ROBOT: Pass("robot", "key_robot"),
    OPERATOR: Pass("operator"),
}
NOW = 1_700_000_000.0
CITATION = Citation(1, "a leaf is green", ("Plants", "Leaves"), "Biology", "p. 3", "leaves", "bio")


def answer(request_id: str, *words: str) -> list[ServerMessage]:
    """An answer of these words, with a citation."""
    text = "".join(words)
    return [
        Emotion(request_id, "happy"),
        *(TextChunk(request_id, each) for each in words),
        ResponseMeta(request_id, text, Expression(("1F600",), "fade"), citations=(CITATION,)),
        StreamEnd(request_id, 12),
    ]


WORDS = ("A leaf ", "is green [1].\r\n", "\n¿Sí? \u2028 ", "Yes.")


@define(eq=False)
class RamSession:
    """A session in RAM: answers when it is asked, or when the test has it say something."""

    session_id: str
    script: Callable[[str], list[ServerMessage]] | None
    outbox: Outbox = field(factory=lambda: Outbox(lambda _turn, _message: None))
    asked: list[FromReader] = field(factory=list)
    lost: list[bool] = field(factory=list)
    """Whether who went away left for good, each time."""
    attachment: Attachment | None = None
    dead: bool = False
    name: str = "session"
    _changed: trio.Event = field(factory=trio.Event)

    async def put(self, message: SessionMessage) -> None:
        await trio.lowlevel.checkpoint()
        self.put_nowait(message)

    def put_nowait(self, message: SessionMessage) -> None:
        if self.dead:
            raise ActorDied("session")
        if isinstance(message, FromReader):
            assert message.attachment is self.attachment
            self.asked.append(message)
            if self.script is not None:
                self.say(*self.script(message.utterance.request_id))
        else:
            assert isinstance(message, LinkLost)
            if message.attachment is self.attachment:
                self.lost.append(message.left)
        self._changed.set()
        self._changed = trio.Event()

    put_urgent = put_nowait

    def say(self, *messages: ServerMessage) -> None:
        for message in messages:
            self.outbox.put(message, Dialect.USER)

    async def wait_until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            await self._changed.wait()

    @property
    def request_id(self) -> str:
        """Of the newest question."""
        return self.asked[-1].utterance.request_id


@define(eq=False)
class RamReception:
    """Sessions in RAM; `bio` is the one text."""

    script: Callable[[str], list[ServerMessage]] | None = lambda request_id: answer(
        request_id, *WORDS
    )
    sessions: dict[str, RamSession] = field(factory=dict)
    trouble: RobiError | None = None
    attends: int = 0

    async def attend(self, session_id: str | None, last_seq: int | None = None) -> Attended:
        await trio.lowlevel.checkpoint()
        self.attends += 1
        if self.trouble is not None:
            raise self.trouble
        if session_id is None:
            session_id = f"chat_{len(self.sessions)}"
            self.sessions[session_id] = RamSession(session_id, self.script)
        session = self.sessions.get(session_id)
        if session is None or (last_seq and not session.outbox.holds_after(last_seq)):
            raise SessionNotFound
        if session.attachment is not None:
            session.attachment.end(TAKEN_OVER)
        session.attachment = session.outbox.attach()
        if last_seq is not None:
            session.outbox.replay_after(last_seq)
        return Attended(session_id, session, session.attachment, session.outbox.last_seq)

    async def check_text(self, text_id: str) -> None:
        await trio.lowlevel.checkpoint()
        if text_id not in {"bio", "*"}:
            raise TextNotFound


@define(eq=False)
class Stage:
    """A server of the chat, and what is behind it."""

    reception: RamReception = field(factory=RamReception)
    origins: set[str] = field(factory=lambda: {PAGE})
    spent: dict[str, int] = field(factory=dict)
    questions: int = 10
    window_s: float = 60.0
    limits: HttpLimits = field(factory=HttpLimits)
    address: str = "192.0.2.1"
    let_in: int = 0
    app: AsgiApp = field(init=False)
    chat: Chat = field(init=False)

    def __attrs_post_init__(self) -> None:
        rules = ReaderRules(
            self._check_key,
            lambda: self.origins,
            lambda key_id: self.spent.get(key_id, 0),
            lambda: 3600,
            self.questions,
            self.window_s,
        )
        self.chat = Chat(ChatPorts(self.reception, ReaderDoor(rules), lambda: NOW, "en"))
        self.app = ApiStage(chat=self.chat).bare_app()

    @property
    def session(self) -> RamSession:
        """The first session there is."""
        return self.reception.sessions["chat_0"]

    @asynccontextmanager
    async def connected(self, *, lockstep: bool = False) -> AsyncIterator[Client]:
        """Open a connection that is served until the block is left."""
        make = trio.testing.lockstep_stream_pair if lockstep else trio.testing.memory_stream_pair
        ours, theirs = make()
        dispatcher = Dispatcher(
            self.app, UpgradeRules("/ws/interact"), words, http_limits=self.limits
        )

        async def serve() -> None:
            async with ours:
                await dispatcher.until_link(ours, (self.address, 5), self._count)

        async with trio.open_nursery() as nursery:
            nursery.start_soon(serve)
            yield Client(theirs)
            nursery.cancel_scope.cancel()

    async def asked(
        self, body: object = None, key: str | None = FREE, *, path: str = "/chat", **headers: str
    ) -> Answer:
        """Ask on a connection of its own."""
        async with self.connected() as client:
            await client.ask(body, key, path=path, **headers)
            return await client.whole()

    def _count(self) -> None:
        self.let_in += 1

    def _check_key(self, given: str | None, _address: str, roles: frozenset[KeyRole]) -> Pass:
        if not given:
            raise ApiKeyMissing
        if given == EXPIRED:
            raise ApiKeyExpired
        if given not in PASSES:
            raise ApiKeyInvalid
        if PASSES[given].role not in roles:
            raise KeyNotFit
        return PASSES[given]


def words(error: RobiError, request_id: str) -> bytes:
    """What the dispatcher says by itself."""
    return encode(report(error, "en", request_id), Dialect.USER, None)
