"""A folder of data with two people in it, and commands as a person gives them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from attrs import define

from robi import cli
from robi.config import Settings
from robi.config.settings import explanations
from robi.files.folder import FolderFiles
from robi.store.base import (
    AddEmbedding,
    AddEvent,
    AddInteraction,
    AddMedia,
    AddMemory,
    AddReminder,
    AppendHistory,
    Embedding,
    EventRow,
    HistoryRow,
    InteractionRow,
    MediaRow,
    Memory,
    Person,
    ReminderRow,
    SavePerson,
    SaveSession,
    SessionRow,
    StrengthenMemory,
    SupersedeMemory,
)
from robi.store.sqlite import SqliteStore

ANA = "user_ana_1f3c9a"
LUIS = "user_luis_3d4e5f"
NAMES = {ANA: "Ana", LUIS: "Luis"}
PHOTO = {person_id: f"media_{n:032x}.jpg" for n, person_id in enumerate(NAMES)}
OLD, NEW = "vive en Lugo", "vive en Cádiz"


@define
class Done:
    """What came of a command."""

    code: int
    out: str
    err: str


@define
class House:
    """A folder of data, and what is said to it."""

    settings: Settings
    capsys: pytest.CaptureFixture[str]

    @property
    def path(self) -> Path:
        return self.settings.data_dir / "robi.db"

    @property
    def backups(self) -> list[Path]:
        return sorted((self.settings.data_dir / "backups").glob("*"))

    def media(self) -> set[str]:
        return {path.name for path in self.settings.media_dir.iterdir()}

    def robi(self, *arguments: str) -> Done:
        self.capsys.readouterr()
        code = cli.main(arguments)
        return Done(code, *self.capsys.readouterr())

    def people(self) -> set[str]:
        store = SqliteStore(self.path)
        store.open()
        known = {person.person_id for person in store.people()}
        store.close()
        return known


def introduce(store: SqliteStore, person_id: str, name: str) -> None:
    """Write something of a person into every table."""
    session_id = f"session-{list(NAMES).index(person_id)}"
    first = Memory(f"old-{name}", person_id, "fact", OLD, 5, 1.0)
    second = Memory(f"new-{name}", person_id, "fact", NEW, 5, 2.0)
    store.write(
        [
            SavePerson(Person(person_id, name, 1.0, preferences={"bebida": "té"})),
            AddEmbedding(Embedding(person_id, b"\1" * 512, 1.0)),
            AddMemory(first),
            AddMemory(second),
            SupersedeMemory(first.memory_id, second.memory_id),
            StrengthenMemory(second.memory_id, 5, session_id, "r1"),
            SaveSession(SessionRow(session_id, "robot", person_id, 1.0, 2.0)),
            AppendHistory(HistoryRow(session_id, 0, person_id, "person", "hola", 1.0, "r1")),
            AddReminder(
                ReminderRow(
                    f"timer-{name}", person_id, "robot", session_id, "r1", "timer", "té", 9.0, 1.0
                )
            ),
            AddInteraction(
                InteractionRow(session_id, "r1", person_id, "text", None, "happy", "ok", 1.0, 5, 9)
            ),
            AddMedia(
                MediaRow(
                    PHOTO[person_id],
                    person_id,
                    session_id,
                    "r1",
                    "image",
                    "image/jpeg",
                    3,
                    1.0,
                    9.0,
                )
            ),
            AddEvent(EventRow(f"event-{name}", "met", 1.0, person_id, session_id)),
        ]
    )


@pytest.fixture
def empty_house(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[House]:
    """Nothing is there yet, and no setting of this machine."""
    for name in explanations():
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    yield House(Settings.load(), capsys)
    structlog.reset_defaults()


@pytest.fixture
def house(empty_house: House) -> House:
    """Ana and Luis are known."""
    store = SqliteStore(empty_house.path)
    store.open()
    for person_id, name in NAMES.items():
        introduce(store, person_id, name)
        FolderFiles(empty_house.settings.media_dir).write(PHOTO[person_id], b"jpg")
    store.close()
    return empty_house
