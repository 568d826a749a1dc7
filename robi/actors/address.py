"""The side of a mailbox that others see: where to put messages, and nothing else.

Owns the port between those who tell or ask and the mailbox of whoever listens.
"""

from typing import Protocol, TypeVar

M_contra = TypeVar("M_contra", contravariant=True)


class Address(Protocol[M_contra]):
    """The side of a mailbox that others see: a place to put messages of one kind."""

    @property
    def name(self) -> str:
        """The actor's name."""

    async def put(self, message: M_contra) -> None:
        """See `Mailbox.put`."""

    def put_nowait(self, message: M_contra) -> None:
        """See `Mailbox.put_nowait`."""

    def put_urgent(self, message: M_contra) -> None:
        """See `Mailbox.put_urgent`."""
