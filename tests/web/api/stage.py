"""What the tests of REST stand on: people in RAM, a client, and one snapshot of a tree."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
from attrs import define, evolve, field
from starlette.routing import BaseRoute

from robi.actors.figures import Figures
from robi.actors.keyring import KeyRole, Pass
from robi.actors.reception import Attended
from robi.actors.restart import Restart
from robi.actors.snapshot import Snapshot, State
from robi.errors import (
    ApiKeyInvalid,
    ApiKeyMissing,
    KeyNotFit,
    MemoryNotFound,
    PrivateContent,
    ServerBusy,
    TextNotFound,
    UserNotFound,
)
from robi.web.api.app import ApiSettings, make_app
from robi.web.api.calls import ApiPorts
from robi.web.api.guard import Guard, RateLimit
from robi.web.api.people import People
from robi.web.api.texts import TextShelf
from robi.web.api.types import (
    DroppedText,
    FoundPassage,
    FoundPassages,
    Memories,
    Memory,
    MemoryPage,
    NewFace,
    NewMemory,
    NewText,
    OneMemory,
    OneText,
    OneUser,
    Page,
    Receipt,
    Restore,
    RestoredUser,
    Search,
    Text,
    Texts,
    User,
    Users,
)
from robi.web.asgi import AsgiApp, Receive, Scope, Send
from robi.web.chat.asking import Chat, ChatPorts
from robi.web.chat.door import ReaderDoor, ReaderRules

KEY = "a-key-for-tests-only"
ROBOT_KEY = "a-key-of-a-robot"
READER_KEY = "a-key-of-a-page"
REQUEST_ID = "r0"
SECRET = "4111 1111 1111 1111"
NOW = datetime(2026, 2, 8, tzinfo=UTC).isoformat()


@define(eq=False)
class RamPeople:
    """People in RAM; the gate knows one secret."""

    known: dict[str, User] = field(factory=dict)
    faces: dict[str, tuple[bytes, ...]] = field(factory=dict)
    kept: dict[str, Memory] = field(factory=dict)

    def _check(self, user_id: str) -> None:
        if user_id not in self.known:
            raise UserNotFound

    def _of(self, user_id: str) -> tuple[Memory, ...]:
        return tuple(memory for memory in self.kept.values() if memory.user_id == user_id)

    async def users(self, asked: Page) -> Users:
        people = tuple(self.known.values())
        end = asked.offset + asked.limit
        more = end if end < len(people) else None
        return Users(people[asked.offset : end], len(people), more)

    async def user(self, asked: OneUser) -> User:
        self._check(asked.user_id)
        return self.known[asked.user_id]

    async def register(self, face: NewFace) -> User:
        if SECRET in face.name:
            raise PrivateContent("private: card")
        user = User(face.user_id, NOW, 0, 0, face.preferences or {}, face.name)
        self.known[face.user_id] = user
        self.faces[face.user_id] = (face.embedding,)
        return user

    async def memories(self, asked: MemoryPage) -> Memories:
        self._check(asked.user_id)
        found = [
            memory
            for memory in self._of(asked.user_id)
            if asked.include == "superseded" or memory.superseded_by is None
        ]
        end = asked.offset + asked.limit
        more = end if end < len(found) else None
        return Memories(tuple(found[asked.offset : end]), len(found), more)

    async def remember(self, told: NewMemory) -> Memory:
        self._check(told.user_id)
        if SECRET in told.content:
            raise PrivateContent("private: card")
        number = f"mem_{len(self.kept)}"
        memory = Memory(
            number,
            told.user_id,
            told.type,
            told.content,
            told.importance,
            NOW,
            told.subject,
            told.slot,
        )
        for old in self._of(told.user_id):
            if told.slot is not None and old.slot == told.slot:
                self.kept[old.memory_id] = evolve(old, superseded_by=number)
        self.kept[number] = memory
        return memory

    async def forget_user(self, asked: OneUser) -> Receipt:
        removed = await self.forget_memories(asked)
        del self.known[asked.user_id]
        return evolve(removed, people=1, faces=len(self.faces.pop(asked.user_id)))

    async def forget_memories(self, asked: OneUser) -> Receipt:
        self._check(asked.user_id)
        of_them = self._of(asked.user_id)
        for memory in of_them:
            del self.kept[memory.memory_id]
        return Receipt(memories=len(of_them))

    async def forget_memory(self, asked: OneMemory) -> Receipt:
        self._check(asked.user_id)
        if asked.memory_id not in {memory.memory_id for memory in self._of(asked.user_id)}:
            raise MemoryNotFound
        del self.kept[asked.memory_id]
        return Receipt(memories=1)

    async def restore(self, asked: Page) -> Restore:
        page = await self.users(asked)
        people = tuple(
            RestoredUser(user, self.faces[user.user_id], self._of(user.user_id))
            for user in page.users
        )
        return Restore(people, (), page.total, page.next)


@define(eq=False)
class RamTexts:
    """Texts in RAM; whoever searches finds every one whose words have the question in them."""

    kept: dict[str, Text] = field(factory=dict)
    told: list[NewText] = field(factory=list)

    async def texts(self, asked: Page) -> Texts:
        texts = [self.kept[text_id] for text_id in sorted(self.kept)]
        end = asked.offset + asked.limit
        return Texts(
            tuple(texts[asked.offset : end]), len(texts), end if end < len(texts) else None
        )

    async def text(self, asked: OneText) -> Text:
        if asked.text_id not in self.kept:
            raise TextNotFound
        return self.kept[asked.text_id]

    async def add(self, told: NewText) -> Text:
        self.told.append(told)
        data = told.data or (told.content or "").encode()
        text_id = told.text_id or f"text_{len(self.kept)}"
        text = Text(text_id, told.title or text_id, "plain", len(data), 1, 9, NOW, told.url)
        self.kept[text_id] = text
        return text

    async def drop(self, asked: OneText) -> DroppedText:
        text = await self.text(asked)
        del self.kept[asked.text_id]
        return DroppedText(text.text_id, text.passages)

    async def search(self, asked: Search) -> FoundPassages:
        texts = (
            self.kept.values()
            if asked.text_id == "*"
            else [await self.text(OneText(asked.text_id))]
        )
        found = (FoundPassage(t.text_id, t.title, ("One",), "one", "p. 1", asked.q) for t in texts)
        return FoundPassages(tuple(found)[: asked.limit])


class Nobody:
    """A reception where nobody is."""

    async def attend(self, session_id: str | None, last_seq: int | None = None) -> Attended:
        raise ServerBusy(f"not {session_id}, nor after {last_seq}")

    async def check_text(self, text_id: str) -> None:
        raise TextNotFound(text_id)


def closed_chat() -> Chat:
    """A chat that nobody is let in to."""

    def refuse(_key: str | None, _address: str, _roles: frozenset[KeyRole]) -> Pass:
        raise ApiKeyMissing

    rules = ReaderRules(refuse, tuple, lambda _key_id: 0, lambda: 1)
    return Chat(ChatPorts(Nobody(), ReaderDoor(rules), lambda: 0.0))


def actor(name: str, *children: Snapshot, **details: int | float | str | bool) -> Snapshot:
    """A running actor."""
    return Snapshot(name, State.RUNNING, Restart.PERMANENT, 0, 1.5, 0, 64, details, children)


def session(name: str) -> Snapshot:
    """The actor of a session."""
    return actor(name, turn="idle", link="linked", turns=3, history=6, last_seq=9)


def tree(*children: Snapshot) -> Snapshot:
    """A root with these below it."""
    return Snapshot("robi", State.RUNNING, None, 0, 12.34, 0, 0, {}, children)


@define(eq=False)
class Stage:
    """A client of an API, and what is behind that."""

    people: People = field(factory=RamPeople)
    snapshot: Snapshot = field(factory=lambda: tree(actor("store"), actor("sessions", live=0)))
    settings: ApiSettings = field(factory=lambda: ApiSettings(language="en"))
    figures: Figures = field(factory=Figures)
    rate: int = 1000
    instance: str | None = None
    made_key: str | None = None
    beside: Sequence[BaseRoute] = ()
    texts: TextShelf = field(factory=RamTexts)
    chat: Chat = field(factory=closed_chat)
    let_in: int = 0
    """How often somebody was said to be authenticated."""
    came_from: list[str] = field(factory=list)
    """From where keys were shown."""

    @asynccontextmanager
    async def client(self, key: str | None = KEY) -> AsyncIterator[httpx.AsyncClient]:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app(), raise_app_exceptions=False),
            base_url="http://robi.test",
            headers={} if key is None else {"X-API-Key": key},
        ) as client:
            yield client

    def app(self) -> AsgiApp:
        """The application, with the state that the dispatcher gives it."""
        app = self.bare_app()

        async def with_state(scope: Scope, receive: Receive, send: Send) -> None:
            state = {
                "authenticated": self._count,
                "request_id": REQUEST_ID,
                "address": "192.0.2.7",
            }
            await app({**scope, "state": state}, receive, send)

        return with_state

    def bare_app(self) -> AsgiApp:
        """The application without that."""
        ports = ApiPorts(
            lambda: self.snapshot,
            self.people,
            lambda: "rehearsal",
            "robi/0",
            self.figures.latencies,
            metrics,
            self.instance,
            None if self.made_key is None else lambda: str(self.made_key),
            texts=self.texts,
        )
        guard = Guard(self._check_key, RateLimit(self.rate))
        return make_app(ports, guard, self.settings, self.beside, chat=self.chat)

    def _count(self) -> None:
        self.let_in += 1

    def _check_key(self, given: str | None, address: str, roles: frozenset[KeyRole]) -> None:
        self.came_from.append(address)
        if not given:
            raise ApiKeyMissing
        role = {KEY: "operator", ROBOT_KEY: "robot", READER_KEY: "reader"}.get(given)
        if role is None:
            raise ApiKeyInvalid
        if role not in roles:
            raise KeyNotFit


async def metrics(accept: str) -> tuple[bytes, str]:
    """One figure, in whatever form is accepted."""
    return b"robi_turns_total 3\n", accept
