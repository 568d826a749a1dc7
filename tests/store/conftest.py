"""Both twins of the store, opened, and rows to put into them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from robi.store.base import Store
from robi.store.ram import RamStore
from robi.store.sqlite import SqliteStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "robi.db"


@pytest.fixture(params=["ram", "sqlite"])
def store(request: pytest.FixtureRequest, path: Path) -> Iterator[Store]:
    twin: Store = RamStore() if request.param == "ram" else SqliteStore(path)
    twin.open()
    yield twin
    twin.close()
