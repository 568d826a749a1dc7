"""What the tests of REST stand on: people in RAM, a client, and one snapshot of a tree."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
from attrs import define, evolve, field
from starlette.routing import BaseRoute

from robi.actors.figures import Figures
from robi.actors.keyring import KeyRole
from robi.actors.restart import Restart
from robi.actors.snapshot import Snapshot, State
from robi.errors import (
    ApiKeyInvalid,
    ApiKeyMissing,
    KeyNotFit,
    MemoryNotFound,
    PrivateContent,
    UserNotFound,
)
from robi.web.api.app import ApiSettings, make_app
from robi.web.api.calls import ApiPorts
from robi.web.api.guard import Guard, RateLimit
from robi.web.api.people import People
from robi.web.api.types import (
    Memories,
    Memory,
    MemoryPage,
    NewFace,
    NewMemory,
    OneMemory,
    OneUser,
    Page,
    Receipt,
    Restore,
    RestoredUser,
    User,
    Users,
)
from robi.web.asgi import AsgiApp, Receive, Scope, Send

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
        ports = ApiPorts(
            lambda: self.snapshot,
            self.people,
            lambda: "rehearsal",
            "robi/0",
            self.figures.latencies,
            metrics,
            self.instance,
            None if self.made_key is None else lambda: str(self.made_key),
        )
        guard = Guard(self._check_key, RateLimit(self.rate))
        app = make_app(ports, guard, self.settings, self.beside)

        async def with_state(scope: Scope, receive: Receive, send: Send) -> None:
            state = {
                "authenticated": self._count,
                "request_id": REQUEST_ID,
                "address": "192.0.2.7",
            }
            await app({**scope, "state": state}, receive, send)

        return with_state

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
