"""The look that the janitor takes at all files and all rows, and the one thread it has for them.

Owns what is known of the folder between two looks: how much there is, which files were in hand
meanwhile, and whether what is to go does go. A look that fails is simply taken again.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeVar

import structlog
import trio
from attrs import define, field

from robi.actors.retention import Retention, plan_sweep
from robi.actors.store_mail import LoadAllMedia, StoreAddress
from robi.errors import RobiError
from robi.files.base import Files, Removal
from robi.store.base import DropEvents, DropMedia, DropReaders, DropReminders, ExpireMedia

log = structlog.get_logger()

READ_WITHIN_S = 10.0
NAMED_AT_ONCE = 1000
"""Rows in one write, as in a batch of the store."""

T = TypeVar("T")


@define(eq=False)
class Sweeper:
    """The files, and what was found in the last look at them.

    Args:
        store: where the rows are.
        files: where the files are.
        clock: Unix seconds.
    """

    _store: StoreAddress
    _files: Files
    _clock: Callable[[], float]
    _thread: trio.CapacityLimiter = field(factory=lambda: trio.CapacityLimiter(1), init=False)
    _looking: trio.Lock = field(factory=trio.Lock, init=False)
    _in_hand: str | None = field(default=None, init=False)
    """The name of the file that is being kept."""
    _touched: dict[str, int] = field(factory=dict, init=False)
    """Files that were in hand since the last look began, with their size once they are kept."""
    present: int = field(default=0, init=False)
    """Files as of the last look, and what was kept since."""
    size: int = field(default=0, init=False)
    """Their bytes."""
    removed: int = field(default=0, init=False)
    failed: bool = field(default=False, init=False)
    """Whether the last look could not be taken, or something could not be removed."""

    async def _call(self, call: Callable[[], T]) -> T:
        if self._files.blocking:
            return await trio.to_thread.run_sync(call, limiter=self._thread, abandon_on_cancel=True)
        await trio.lowlevel.checkpoint()
        return call()

    # ── single files ──────────────────────────────────────────────────────────────────────

    def begin(self, name: str) -> None:
        """A file of that name is being kept: a look leaves it alone."""
        self._in_hand = name
        self._touched[name] = 0

    def end(self, name: str, size: int) -> None:
        """It is kept, with its row; or with a `size` of 0 it is not."""
        self._in_hand = None
        if size:
            self._touched[name] = size
            self.present += 1
            self.size += size

    async def write(self, name: str, data: bytes) -> None:
        """See `Files.write`."""
        await self._call(partial(self._files.write, name, data))

    async def remove(self, names: tuple[str, ...]) -> Removal:
        """See `Files.remove`."""
        removal = await self._call(partial(self._files.remove, names))
        self.removed += removal.count
        if removal.left:
            log.error("media_not_removed", files=len(removal.left))
            self.failed = True
        return removal

    async def forget(self, names: tuple[str, ...]) -> Removal:
        """Remove files that were kept, of which the rows are gone."""
        removal = await self.remove(names)
        self.present = max(0, self.present - removal.count)
        return removal

    # ── all of them ───────────────────────────────────────────────────────────────────────

    async def look(self, retention: Retention) -> None:
        """Remove what is to go, files first: a row without its file is found again."""
        async with self._looking:
            self._touched = {} if self._in_hand is None else {self._in_hand: 0}
            try:
                self.failed = not await self._sweep(retention)
            except RobiError as error:
                log.error("media_not_swept", reason=f"{type(error).__name__} {error.details}")
                self.failed = True

    async def _sweep(self, retention: Retention) -> bool:
        """Return whether all went that was to go. Raises DataError, ActorError."""
        files = await self._call(self._files.listing)
        rows = await self._store.read(LoadAllMedia(), within=READ_WITHIN_S)
        touched, now = frozenset(self._touched), self._clock()
        # Of very many files it takes longer than a robot should wait: so it is done in the thread.
        sweep = await self._call(partial(plan_sweep, files, rows, touched, now, retention))
        removal = await self.remove(sweep.files) if sweep.files else Removal()
        since = [size for size in self._touched.values() if size]
        self.present = len(sweep.staying) + len(since)
        self.size = sum(row.size for row in sweep.staying) + sum(since)
        gone = [name for name in sweep.rows if name not in removal.left]
        for names in _parts(gone):
            self._store.write_nowait(DropMedia(names))
        for expires_at in {row.expires_at for row in sweep.shortened}:
            shortened = [row.name for row in sweep.shortened if row.expires_at == expires_at]
            for names in _parts(shortened):
                self._store.write_nowait(ExpireMedia(names, expires_at))
        if sweep.files or gone:
            log.info("media_swept", files=removal.count, rows=len(gone))
        return not removal.left

    async def tidy(self, retention: Retention) -> None:
        """Remove old logs, events and readers' sessions, and reminders that nobody came for."""
        before = self._clock() - retention.logs_s
        try:
            count = await self._call(partial(self._files.remove_logs, before))
            self._store.write_nowait(DropEvents(before))
            self._store.write_nowait(DropReminders(before))
            self._store.write_nowait(DropReaders(before))
        except RobiError as error:
            log.error("logs_not_removed", reason=f"{type(error).__name__} {error.details}")
        else:
            if count:
                log.info("logs_removed", files=count)


def _parts(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield the names of one write after the other."""
    for start in range(0, len(names), NAMED_AT_ONCE):
        yield tuple(names[start : start + NAMED_AT_ONCE])
