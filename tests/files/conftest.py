"""Both twins of the files."""

from pathlib import Path

import pytest

from robi.files.base import Files
from robi.files.folder import FolderFiles
from robi.files.ram import RamFiles


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "media"


@pytest.fixture(params=["ram", "folder"])
def files(request: pytest.FixtureRequest, folder: Path) -> Files:
    return RamFiles() if request.param == "ram" else FolderFiles(folder)
