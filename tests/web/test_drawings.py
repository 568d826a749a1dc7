"""OpenMoji's drawings: every emoji that the robot may show is found, however it is written."""

from pathlib import Path

import pytest
import trio

from robi.protocol.emotions import EMOTIONS, PHONE_STATES
from robi.web.drawings import Drawings
from robi.web.pages import CONSOLE

ARCHIVE = CONSOLE / "emoji" / "openmoji.zip"
FACES = sorted({*PHONE_STATES.values(), *(face for faces in EMOTIONS.values() for face in faces)})


@pytest.fixture
def drawings() -> Drawings:
    return Drawings(ARCHIVE)


@pytest.mark.parametrize("code", FACES)
def test_face_of_the_robot_has_a_drawing(drawings: Drawings, code: str) -> None:
    found = drawings.find(code)
    assert found is not None
    assert found.startswith(b"<svg ")


@pytest.mark.parametrize(
    ("one", "other"),
    [("2764", "2764-FE0F"), ("0031-20E3", "0031-FE0F-20E3"), ("1F441-200D-1F5E8",) * 2],
)
def test_drawing_is_found_with_and_without_the_variation_selector(
    drawings: Drawings, one: str, other: str
) -> None:
    assert drawings.find(one) == drawings.find(other) is not None


@pytest.mark.parametrize(
    "code", ["", "10FFFF", "1f916", "1F916.svg", "../1F916", "FE0F", "1F916-", "1F916\n", "A" * 999]
)
def test_what_is_no_code_of_a_drawing_has_none(drawings: Drawings, code: str) -> None:
    assert drawings.find(code) is None


async def test_drawings_are_found_by_many_threads_at_once(drawings: Drawings) -> None:
    found: list[bytes | None] = []

    async def find(code: str) -> None:
        found.append(await trio.to_thread.run_sync(drawings.find, code))

    async with trio.open_nursery() as nursery:
        for code in FACES * 3:
            nursery.start_soon(find, code)
    assert len(found) == 3 * len(FACES)
    assert None not in found


def test_archive_is_small_and_has_its_licence_beside_it() -> None:
    assert ARCHIVE.stat().st_size < 5_000_000
    folder = ARCHIVE.parent
    assert "CC BY-SA 4.0" in (folder / "NOTICE.txt").read_text(encoding="utf-8")
    assert "Attribution-ShareAlike 4.0" in (folder / "LICENSE.txt").read_text(encoding="utf-8")


def test_archive_that_is_not_there_is_no_drawing_that_is_unknown(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Drawings(tmp_path / "none.zip").find("1F916")
