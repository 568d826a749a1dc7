"""Bookkeeping: what the model counts today outlives the server.

Owns when that is read and written. At the start the counts of today are read, however long that
takes (until then it is counted all the same, and added); from then on what has changed is written
down every few seconds, and once more at the end. Written twice is written once, and what a kill
takes with it is a few seconds of counting.
"""

from collections.abc import Mapping
from typing import Final, Protocol

import structlog
import trio
from attrs import define, field

from robi.actors.errors import ActorDied, ActorError
from robi.actors.snapshot import Detail
from robi.actors.store_mail import LoadUsage, StoreAddress
from robi.errors import DataError
from robi.protocol.messages import TokenUsage
from robi.store.base import KeepUsage, UsageRow

log = structlog.get_logger()

EVERY_S: Final = 5.0
LAST_WITHIN_S: Final = 1.0
READ_WITHIN_S: Final = 30.0


class Counts(Protocol):
    """What is counted, by day and purpose (`robi.brain.ledger`)."""

    @property
    def day(self) -> str:
        """Today's date."""

    def restore(self, counts: Mapping[tuple[str, str], TokenUsage]) -> None:
        """Add what was counted before the start."""

    def changed(self) -> Mapping[tuple[str, str], TokenUsage]:
        """Return the counts that are not written down."""

    def written(self, key: tuple[str, str], usage: TokenUsage) -> None:
        """These counts are written down."""

    def details(self) -> Mapping[str, Detail]:
        """Return what the tree tells of today."""


class Books(Protocol):
    """Who keeps what is counted."""

    @property
    def counts(self) -> Counts:
        """What is kept."""

    async def keep(self) -> None:
        """Keep the books until cancelled."""

    async def close(self) -> None:
        """Write down what is left, or give up after a moment."""


@define(eq=False)
class Bookkeeping:
    """The books of one server; they outlive a restart of whoever keeps them.

    Args:
        counts: what is kept.
        store: where.
    """

    counts: Counts
    _store: StoreAddress
    _opened: bool = field(default=False, init=False)

    async def keep(self) -> None:
        """Keep the books until cancelled."""
        while True:
            await self._open()
            await trio.sleep(EVERY_S)
            await self._write_down()

    async def close(self) -> None:
        """Write down what is left, or give up after a moment."""
        with trio.move_on_after(LAST_WITHIN_S):
            await self._write_down()

    async def _open(self) -> None:
        if self._opened:
            return
        try:
            rows = await self._store.read(LoadUsage(self.counts.day), within=READ_WITHIN_S)
        except (ActorError, DataError) as failure:
            log.warning("usage_not_read", reason=type(failure).__name__)
            return
        self.counts.restore(
            {
                (row.day, row.purpose): TokenUsage(row.prompt_tokens, row.answer_tokens)
                for row in rows
            }
        )
        self._opened = True

    async def _write_down(self) -> None:
        """Write what has changed; nothing before it is known what there was."""
        if not self._opened:
            return
        for key, usage in self.counts.changed().items():
            try:
                await self._store.write(
                    KeepUsage(UsageRow(*key, usage.input_tokens, usage.output_tokens))
                )
            except ActorDied:  # and with it the server: this is the last moment
                log.warning("usage_not_written", day=key[0], purpose=key[1])
                return
            self.counts.written(key, usage)
