"""Texts that readers ask about: added from files, listed, removed, searched; the server may run.

Owns what `robi texts` does. As with keys it writes to the database itself, a text at a time; a
server that runs finds the new passages with the next question. Each file is read in a process of
its own (`robi.texts.child`), some at once.
"""

import os
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeAlias

from attrs import evolve, field, frozen

from robi.config import Settings
from robi.errors import InputError
from robi.store import questions
from robi.store.rows import FoundPassage, PassageRow, TextRow
from robi.store.statements import apply
from robi.store.writes import AddText, DropText
from robi.texts import child, naming
from robi.texts.base import MAX_BYTES, Read, TextWithheld
from robi.upkeep import copies
from robi.upkeep.exporting import reading
from robi.upkeep.texts_files import File, TextRefused
from robi.upkeep.writing import make_database, writing

_AT_ONCE: Final = 4


@frozen
class Wishes:
    """What is wanted of the texts that are added.

    Args:
        base: the address of the folder on a site.
        text_id: of a text; of several what their ids begin with.
        title: of a text, instead of its own.
        again: whether to read also what has not changed.
    """

    base: str | None = None
    text_id: str | None = None
    title: str | None = None
    again: bool = False


@frozen
class Added:
    """A text that was read and is kept; `before`: it had that id already."""

    file: File
    row: TextRow
    before: bool


@frozen
class Unchanged:
    """A text that is kept just so."""

    file: File
    row: TextRow


@frozen
class Unread:
    """A file that could not be read."""

    file: File
    why: str


@frozen
class Withheld:
    """A file that says that readers are not to have it; `kept`: the text that it was before."""

    file: File
    why: str
    kept: TextRow | None


Outcome: TypeAlias = Added | Unchanged | Unread | Withheld


@frozen
class _Job:
    file: File
    text_id: str
    kept: TextRow | None
    wishes: Wishes


@frozen
class _Done:
    job: _Job
    data_size: int
    digest: str
    read: Read = field(repr=False)


def texts(settings: Settings) -> tuple[TextRow, ...]:
    """Return every text in the order of their ids; none if there is no database yet.

    Raises:
        ConfigurationError, DatabaseError: as `reading`.
    """
    path = copies.database(settings)
    if not path.is_file():
        return ()
    with reading(path) as db:
        return questions.texts(db, None, 0)


def add(
    settings: Settings,
    wanted: Sequence[File],
    wishes: Wishes,
    *,
    clock: Callable[[], float],
    tell: Callable[[Outcome], None],
) -> tuple[str, ...]:
    """Read files and keep them as texts, telling of each in their order; the same id replaces.

    Returns:
        The ids of texts that are kept, and are none of these files; where ids were to begin with
        something, those that begin so. Where a text came from is not known: they may have been
        here, or come from elsewhere.

    Raises:
        TextRefused: the id, the title or the address cannot be used.
        ConfigurationError, DatabaseError: the database cannot be written.
    """
    wishes = _checked(wishes, one=len(wanted) == 1)
    path = copies.database(settings)
    if not path.is_file():
        make_database(settings)
    jobs: list[_Job] = []
    taken: dict[str, File] = {}
    known = {row.text_id: row for row in texts(settings)}
    twice: list[Unread] = []
    for file in wanted:
        text_id = _id_of(file, wishes, one=len(wanted) == 1)
        if (other := taken.setdefault(text_id, file)) is not file:
            twice.append(Unread(file, f"its id would be {text_id}, as that of {other.name}"))
        else:
            jobs.append(_Job(file, text_id, known.get(text_id), wishes))
    for outcome in _kept(path, jobs, clock):
        tell(outcome)
    for refused in twice:
        tell(refused)
    prefix = "" if wishes.text_id is None else naming.made_id(f"{wishes.text_id}/x", "")[:-1]
    return tuple(kept for kept in known if kept not in taken and kept.startswith(prefix))


def _checked(wishes: Wishes, *, one: bool) -> Wishes:
    if wishes.title is not None and not one:
        message = "--title is for one file"
        raise TextRefused(message)
    try:
        return evolve(
            wishes,
            base=wishes.base and naming.checked_url(wishes.base),
            text_id=wishes.text_id and naming.checked_id(wishes.text_id),
            title=wishes.title and naming.checked_title(wishes.title),
        )
    except InputError as wrong:
        raise TextRefused(wrong.details) from None


def _id_of(file: File, wishes: Wishes, *, one: bool) -> str:
    if wishes.text_id is None:
        return naming.made_id(file.name, "")
    return wishes.text_id if one else naming.made_id(f"{wishes.text_id}/{file.name}", "")


def _kept(path: Path, jobs: Iterable[_Job], clock: Callable[[], float]) -> Iterator[Outcome]:
    pool = ThreadPoolExecutor(min(_AT_ONCE, os.cpu_count() or 1))
    try:
        for outcome in pool.map(_read, jobs):
            if not isinstance(outcome, _Done):
                yield outcome
                continue
            row = _row(outcome, clock())
            passages = tuple(
                PassageRow(row.text_id, position, cut.heading, cut.anchor, cut.place, cut.words)
                for position, cut in enumerate(outcome.read.cuts)
            )
            with writing(path) as db:
                apply(db, AddText(row, passages))
            yield Added(outcome.job.file, row, outcome.job.kept is not None)
    finally:
        pool.shutdown(cancel_futures=True)


def _read(job: _Job) -> _Done | Unchanged | Unread | Withheld:
    """Read one file, unless it is kept just so."""
    try:
        size = job.file.path.stat().st_size
        if size > MAX_BYTES:
            return Unread(job.file, f"it is larger than {MAX_BYTES // 2**20} MB")
        data = job.file.path.read_bytes()
    except OSError as error:
        return Unread(job.file, error.strerror or type(error).__name__)
    digest = naming.digest(data)
    if job.kept is not None and _is_same(job, job.kept, digest):
        return Unchanged(job.file, job.kept)
    try:
        done = subprocess.run(  # noqa: S603 (our own module)
            child.command(),
            input=child.question(data, None, job.file.name),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=child.environment(),
            timeout=child.WITHIN,
            check=False,
        )
        said, exit_code = done.stdout, done.returncode
    except subprocess.TimeoutExpired:
        said, exit_code = b"", None
    try:
        return _Done(job, len(data), digest, child.answer(said, exit_code))
    except TextWithheld as wish:
        return Withheld(job.file, wish.details or "", job.kept)
    except InputError as wrong:
        return Unread(job.file, wrong.details or wrong.error_code)


def _is_same(job: _Job, kept: TextRow, digest: str) -> bool:
    """Return whether nothing would change.

    A page that says itself where it stands is read again each time that an address is given: where
    it stands is known only then.
    """
    wishes = job.wishes
    same_url = wishes.base is None or kept.url == naming.page_url(
        wishes.base, job.file.name, None, None
    )
    same_title = wishes.title is None or kept.title == wishes.title
    return not wishes.again and kept.digest == digest and same_url and same_title


def _row(done: _Done, now: float) -> TextRow:
    job, read = done.job, done.read
    url = job.kept.url if job.kept is not None else None
    if job.wishes.base is not None:
        url = naming.page_url(job.wishes.base, job.file.name, read.slug, read.name)
    return TextRow(
        text_id=job.text_id,
        title=job.wishes.title or read.title,
        kind=read.kind,
        size=done.data_size,
        digest=done.digest,
        passages=len(read.cuts),
        characters=read.characters,
        added_at=now,
        url=url,
    )


def remove(settings: Settings, text_ids: Sequence[str]) -> tuple[TextRow, ...]:
    """Remove texts and their passages; return what they were.

    Raises:
        TextRefused: there is no such text; then none is removed.
        ConfigurationError, DatabaseError: the database cannot be written.
    """
    path = copies.database(settings)
    if not path.is_file():
        message = "there are no texts yet"
        raise TextRefused(message)
    known = {row.text_id: row for row in texts(settings)}
    wanted = tuple(dict.fromkeys(text_ids))
    for text_id in wanted:
        if text_id not in known:
            raise TextRefused(_there_is_no(text_id))
    for text_id in wanted:
        with writing(path) as db:  # each alone: a server that runs is not to wait for all
            apply(db, DropText(text_id))
    return tuple(known[text_id] for text_id in wanted)


def _there_is_no(text_id: str) -> str:
    return f"there is no text {text_id}; robi texts list shows them all"


def search(
    settings: Settings, words: str, text_id: str | None, limit: int
) -> tuple[FoundPassage, ...]:
    """Return what a reader's question would find, the best first.

    Raises:
        TextRefused: there is no such text.
        ConfigurationError, DatabaseError: as `reading`.
    """
    with reading(copies.database(settings)) as db:
        if text_id is not None and questions.text(db, text_id) is None:
            raise TextRefused(_there_is_no(text_id))
        return questions.passages_like(db, text_id, (words,), limit)
