"""From DATABASE_URL to a store."""

from pathlib import Path

import pytest

from robi.errors import ConfigurationError
from robi.store.base import Person, SavePerson
from robi.store.urls import open_store, store_maker

ANA = Person("user_ana_0a1b2c", "Ana", created_at=100.0)


def test_url_with_a_relative_path_is_below_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    open_store("sqlite:///data/robi.db").close()
    assert (tmp_path / "data" / "robi.db").is_file()


def test_url_with_an_absolute_path_is_that_file(tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path}/robi.db").close()
    assert (tmp_path / "robi.db").is_file()


def test_url_of_memory_gives_every_life_the_same_store() -> None:
    make = store_maker("memory:")
    make().write([SavePerson(ANA)])
    assert make().people() == (ANA,)


def test_url_of_sqlite_gives_every_life_its_own_connections(tmp_path: Path) -> None:
    make = store_maker(f"sqlite:///{tmp_path}/robi.db")
    assert make() is not make()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "memory",
        "robi.db",
        "sqlite:",
        "sqlite://robi.db",
        "sqlite:///",
        "sqlite:////",
        "sqlite:///:memory:",
        "postgres:///robi",
    ],
)
def test_url_of_anything_else_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        store_maker(url)
    assert str(refused.value).startswith("DATABASE_URL: neither")
