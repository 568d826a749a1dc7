"""What of the media may stay: how long each kind is kept, and how much in all.

Owns the rule by which files and rows are looked at together. A file needs a row and a row needs its
file, whole: what has lost the other is left over from a crash, a full disk or a forgotten person,
and goes. So nothing need be remembered of what went wrong; the next look finds it. Only what is
dated in the future, as the clock has jumped back, must be told from when on its hours count. Pure:
it is told the time.
"""

from collections.abc import Iterable, Set

from attrs import evolve, frozen

from robi.files.base import File, whole_name
from robi.store.base import MediaKind, MediaRow

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S


@frozen
class Retention:
    """What may be kept: media so many seconds, and so many bytes of them; logs and events."""

    audio_s: float
    vision_s: float
    budget: int
    logs_s: float

    def kept_for(self, kind: MediaKind) -> float:
        """Return for how many seconds media of that kind are kept; 0: they are not."""
        return self.audio_s if kind == "audio" else self.vision_s


@frozen
class Sweep:
    """What is to go, and what stays: names of files (drafts too), names of rows, rows.

    Of those that stay, `shortened` are to expire sooner than their row says.
    """

    files: tuple[str, ...]
    rows: tuple[str, ...]
    staying: tuple[MediaRow, ...]
    shortened: tuple[MediaRow, ...] = ()


def plan_sweep(
    files: Iterable[File],
    rows: Iterable[MediaRow],
    touched: Set[str],
    now: float,
    retention: Retention,
) -> Sweep:
    """Decide what is to go.

    Over the budget the oldest go, a tenth more than they must: at the brim, each new file would
    call for another look at all of them. `touched` are the names that somebody wrote while `files`
    and `rows` were read: of these, either may not tell the truth, so they are left alone.
    """
    rows = tuple(rows)
    there = {file.name: file.size for file in files}
    whole = (row for row in rows if there.get(row.name) == row.size)
    staying = [row for row in whole if _expiry(row, retention) > now]
    total = sum(row.size for row in staying)
    if total > retention.budget:
        enough = retention.budget * 9 // 10
        staying.sort(key=lambda row: (-row.created_at, row.name))
        while staying and total > enough:
            total -= staying.pop().size
    names = {row.name for row in staying} | touched
    going = (name for name in there if name not in names and whole_name(name) not in touched)
    return Sweep(
        files=tuple(sorted(going)),
        rows=tuple(sorted(row.name for row in rows if row.name not in names)),
        staying=tuple(row for row in staying if row.name not in touched),
        shortened=tuple(
            evolve(row, expires_at=latest)
            for row in staying
            if _expiry(row, retention) > (latest := now + retention.kept_for(row.kind))
        ),
    )


def _expiry(row: MediaRow, retention: Retention) -> float:
    """A shorter time than when it was made holds for what is there already; a longer does not."""
    return min(row.expires_at, row.created_at + retention.kept_for(row.kind))
