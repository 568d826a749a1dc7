"""The port of people: what REST asks of whoever keeps what is known of them.

Owns the interface only; `people_actors` fulfils it with the actors, tests with a twin in RAM.
"""

from typing import Protocol

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
    User,
    Users,
)


class People(Protocol):
    """What is known of people.

    Each raises UserNotFound or MemoryNotFound for what is not there, DatabaseError or DiskFull when
    the store does not answer.
    """

    async def users(self, asked: Page) -> Users:
        """Return people, first met first."""

    async def user(self, asked: OneUser) -> User:
        """Return one person."""

    async def register(self, face: NewFace) -> User:
        """Make this person, or bring what is known up to this. Raises PrivateContent."""

    async def memories(self, asked: MemoryPage) -> Memories:
        """Return what is known of one person."""

    async def remember(self, told: NewMemory) -> Memory:
        """Keep something; the same again is the memory there is. Raises PrivateContent."""

    async def forget_user(self, asked: OneUser) -> Receipt:
        """Forget a person altogether; once more, there is nobody."""

    async def forget_memories(self, asked: OneUser) -> Receipt:
        """Forget all that is known of a person, who stays."""

    async def forget_memory(self, asked: OneMemory) -> Receipt:
        """Forget one memory, and where it came from."""

    async def restore(self, asked: Page) -> Restore:
        """Return people with their faces and what is known of them."""
