"""Texts at the terminal: folders and files added, skipped, replaced, refused; found and removed."""

import os
import subprocess
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import orjson
import pytest

from robi.config import folder
from robi.store.base import PassageRow, TextRow
from robi.store.sqlite import SqliteStore
from tests.upkeep.conftest import Done, House

ROCKS = "# Las rocas\n\n## Del fuego\n\nLa roca que sale del volcán se llama ígnea.\n"
SEA = "# El mar\n\nEl mar es salado por los ríos que lavan la tierra.\n"


@pytest.fixture(autouse=True, scope="module")
def _each_text_is_read_once() -> Iterator[None]:
    """Start a real process for what none has read before, and have its answer again after that."""
    run = subprocess.run
    answers: dict[tuple[str | bytes, ...], subprocess.CompletedProcess[bytes]] = {}

    def run_once(command: list[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
        asked = (*command, options["input"])
        if asked not in answers:
            answers[asked] = run(command, **options)
        return answers[asked]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess, "run", run_once)
        yield


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """A folder of two texts, and of what is none."""
    made = tmp_path / "docs"
    for name, text in {
        "01-tierra/rocas.md": ROCKS,
        "mar.md": SEA,
        "foto.png": "x",
        ".oculto.md": "# No\n\nno",
        ".git/a.md": "# No\n\nno",
        "node_modules/b/README.md": "# No\n\nno",
    }.items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(text, "utf-8")
    return made


def add(house: House, *arguments: object) -> Done:
    return house.robi("texts", "add", *map(str, arguments))


def kept(house: House) -> dict[str, TextRow]:
    store = SqliteStore(house.path)
    store.open()
    rows = store.texts()
    store.close()
    return {row.text_id: row for row in rows}


def passages(house: House, words: str) -> list[PassageRow]:
    store = SqliteStore(house.path)
    store.open()
    found = store.passages_like(None, (words,), 5)
    store.close()
    return [each.row for each in found]


def test_folder_is_walked_and_what_may_be_a_text_is_added(empty_house: House, docs: Path) -> None:
    done = add(empty_house, docs)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "added 01-tierra--rocas: Las rocas, 1 passage",
        "added mar: El mar, 1 passage",
        "Added 2 texts, 2 passages.",
    ]
    assert set(kept(empty_house)) == {"01-tierra--rocas", "mar"}
    (found,) = passages(empty_house, "¿Qué roca sale del volcán?")
    assert (found.heading, found.anchor) == (("Las rocas", "Del fuego"), "del-fuego")


def test_texts_are_added_and_removed_while_a_server_works_in_the_folder(
    house: House, docs: Path
) -> None:
    with folder.locked(house.settings.data_dir):
        assert add(house, docs).code == 0
        assert house.robi("texts", "remove", "mar").code == 0
    assert set(kept(house)) == {"01-tierra--rocas"}


def test_what_has_not_changed_is_not_read_again_and_what_has_is_replaced(
    empty_house: House, docs: Path
) -> None:
    add(empty_house, docs)
    before = kept(empty_house)
    (docs / "mar.md").write_text(f"{SEA}\nY frío.\n", "utf-8")
    done = add(empty_house, docs)
    assert done.out.splitlines() == [
        "unchanged 01-tierra--rocas",
        "replaced mar: El mar, 1 passage",
        "Added 1 text, 1 passage. 1 unchanged.",
    ]
    after = kept(empty_house)
    assert after["01-tierra--rocas"] == before["01-tierra--rocas"]
    assert after["mar"].digest != before["mar"].digest
    assert add(empty_house, docs, "--again").out.endswith("Added 2 texts, 2 passages.\n")


def test_address_of_the_site_makes_the_address_of_each_text(empty_house: House, docs: Path) -> None:
    (docs / "mar.md").write_text(f"---\nslug: /agua\n---\n{SEA}", "utf-8")
    add(empty_house, docs)
    assert {row.url for row in kept(empty_house).values()} == {None}
    add(empty_house, docs, "--url", "https://site.org/docs/")
    with_urls = {text_id: row.url for text_id, row in kept(empty_house).items()}
    assert with_urls == {
        "01-tierra--rocas": "https://site.org/docs/tierra/rocas",
        "mar": "https://site.org/docs/agua",
    }
    again = add(empty_house, docs, "--url", "https://site.org/docs/")
    assert "unchanged 01-tierra--rocas" in again.out
    add(empty_house, docs, "--again")
    assert {text_id: row.url for text_id, row in kept(empty_house).items()} == with_urls


def test_one_file_has_the_id_and_the_title_that_are_given(empty_house: House, docs: Path) -> None:
    add(empty_house, docs / "mar.md", "--id", "guia/agua", "--title", "Agua")
    assert [(row.text_id, row.title) for row in kept(empty_house).values()] == [
        ("guia--agua", "Agua")
    ]


def test_ids_of_several_begin_with_the_one_that_is_given(empty_house: House, docs: Path) -> None:
    add(empty_house, docs, "--id", "libro")
    assert set(kept(empty_house)) == {"libro--01-tierra--rocas", "libro--mar"}


def test_files_that_cannot_be_read_are_told_and_the_others_are_in(
    empty_house: House, docs: Path
) -> None:
    (docs / "a.pdf").write_bytes(b"%PDF-1.4 nada")
    (docs / "vacio.txt").write_bytes(b"")
    (docs / "mar.txt").write_text("Otro mar.", "utf-8")
    done = add(empty_house, docs)
    assert done.code == 1
    assert set(kept(empty_house)) == {"01-tierra--rocas", "mar"}
    assert done.out.splitlines()[-1] == "Added 2 texts, 2 passages. 3 files could not be read."
    assert done.err.splitlines() == [
        "Not read: a.pdf: the PDF is damaged or cut off.",
        "Not read: vacio.txt: the file is empty.",
        "Not read: mar.txt: its id would be mar, as that of mar.md.",
    ]


def test_what_begins_with_an_underscore_is_passed_over_and_told(
    empty_house: House, docs: Path
) -> None:
    for name in ("_nota.md", "_piezas/a.md", "01-tierra/_b.pdf", "_category_.json"):
        (docs / name).parent.mkdir(exist_ok=True)
        (docs / name).write_text(SEA, "utf-8")
    done = add(empty_house, docs)
    assert set(kept(empty_house)) == {"01-tierra--rocas", "mar"}
    assert done.out.splitlines()[-3:] == [
        "Passed over: 01-tierra/_b.pdf: it begins with _.",
        "Passed over: _nota.md: it begins with _.",
        "Passed over: _piezas/: it begins with _.",
    ]
    assert add(empty_house, docs / "_nota.md").code == 0
    assert "nota" in kept(empty_house)


def test_draft_is_passed_over_and_told_and_so_is_that_it_was_loaded(
    empty_house: House, docs: Path
) -> None:
    add(empty_house, docs / "mar.md")
    (docs / "mar.md").write_text(f"---\ndraft: true\n---\n{SEA}", "utf-8")
    (docs / "sol.md").write_text(f"---\nunlisted: true\n---\n{SEA}", "utf-8")
    done = add(empty_house, docs)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[1:] == [
        "passed over mar.md",
        "passed over sol.md",
        "Added 1 text, 1 passage. 2 passed over.",
        "Passed over: mar.md: its front matter says draft: true.",
        "It was loaded before, and still is: robi texts remove mar",
        "Passed over: sol.md: its front matter says unlisted: true.",
    ]
    assert set(kept(empty_house)) == {"01-tierra--rocas", "mar"}


def test_texts_that_are_none_of_the_files_of_a_folder_are_named(
    empty_house: House, docs: Path
) -> None:
    add(empty_house, docs)
    add(empty_house, docs / "mar.md", "--id", "libro/mar")
    (docs / "mar.md").unlink()
    assert add(empty_house, docs).out.splitlines()[-2:] == [
        "Loaded, and none of these files: libro--mar, mar.",
        "A text whose file is gone stays until: robi texts remove ID",
    ]
    told = add(empty_house, docs, "--id", "libro").out.splitlines()
    assert told[-2] == "Loaded, and none of these files: libro--mar."
    assert "none of these" not in add(empty_house, docs / "01-tierra" / "rocas.md").out
    for number in range(9):
        add(empty_house, docs / "01-tierra" / "rocas.md", "--id", f"a{number}")
    assert "a0, a1, a2, a3, a4, a5, a6, a7 and " in add(empty_house, docs).out


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_file_that_may_not_be_read_is_told(empty_house: House, docs: Path) -> None:
    (docs / "mar.md").chmod(0)
    done = add(empty_house, docs)
    assert (done.code, "Not read: mar.md: Permission denied." in done.err) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["nowhere"], "there is no nowhere"),
        (["{docs}", "--title", "x"], "--title is for one file"),
        (["{docs}/mar.md", "--id", "Ñ"], "text_id: 1 to 64"),
        (["{docs}/mar.md", "--url", "site.org"], "url: http://"),
        (["{docs}/.git/objects"], "there is no text in it"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_line(
    empty_house: House, docs: Path, arguments: list[str], why: str
) -> None:
    (docs / ".git" / "objects").mkdir()
    done = add(empty_house, *(each.format(docs=docs) for each in arguments))
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("Cannot add texts: ")
    assert why in done.err
    assert not empty_house.path.exists()


def test_bar_shows_on_a_terminal_how_far_it_is(
    empty_house: House, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("robi.upkeep.texts_commands._is_watched", lambda: True)
    done = add(empty_house, docs)
    assert done.out == "Added 2 texts, 2 passages.\n"
    first, second = (line for line in done.err.split("\r\x1b[K") if line)
    assert first == f"{'█' * 12}{'░' * 12} 1/2  01-tierra/rocas.md"
    assert second == f"{'█' * 24} 2/2  mar.md"


def test_name_of_a_file_does_nothing_to_the_terminal(empty_house: House, docs: Path) -> None:
    (docs / "a\x1b[2Jb.md").write_text("# A\x1b[2J\n\nhola", "utf-8")
    assert "\x1b" not in add(empty_house, docs).out


def test_list_shows_every_text_and_all_of_it_to_machines(empty_house: House, docs: Path) -> None:
    assert empty_house.robi("texts", "list").out == "No texts. Add some: robi texts add DIR\n"
    add(empty_house, docs)
    head, rocks, sea = empty_house.robi("texts", "list").out.splitlines()
    assert head.split() == ["ID", "TITLE", "KIND", "PASSAGES", "ADDED"]
    assert rocks.startswith("01-tierra--rocas  Las rocas  markdown  1")
    assert sea.startswith("mar ")
    told = orjson.loads(empty_house.robi("texts", "list", "--json").out)
    assert [row["text_id"] for row in told] == ["01-tierra--rocas", "mar"]


def test_text_that_is_removed_is_gone_and_removing_it_again_is_refused(
    empty_house: House, docs: Path
) -> None:
    assert "there are no texts yet" in empty_house.robi("texts", "remove", "mar").err
    add(empty_house, docs)
    assert empty_house.robi("texts", "remove", "mar").out == "Removed mar (El mar), 1 passage.\n"
    refused = empty_house.robi("texts", "remove", "01-tierra--rocas", "mar")
    assert (refused.code, refused.out) == (1, "")
    assert "there is no text mar" in refused.err
    assert set(kept(empty_house)) == {"01-tierra--rocas"}


def test_several_texts_are_removed_at_once_each_of_them_once(
    empty_house: House, docs: Path
) -> None:
    add(empty_house, docs)
    done = empty_house.robi("texts", "remove", "mar", "01-tierra--rocas", "mar")
    assert (done.code, len(done.out.splitlines())) == (0, 2)
    assert kept(empty_house) == {}


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stdin", "arguments", "code", "left"),
    [
        (StringIO("yes\n"), (), 2, 2),
        (Terminal("\n"), (), 1, 2),
        (Terminal("Sí\n"), (), 0, 0),
        (StringIO(), ("--yes",), 0, 0),
        (StringIO(), ("--yes", "mar"), 2, 2),
    ],
)
def test_every_text_is_removed_only_if_that_is_meant(  # noqa: PLR0913, PLR0917
    empty_house: House,
    docs: Path,
    monkeypatch: pytest.MonkeyPatch,
    stdin: StringIO,
    arguments: tuple[str, ...],
    code: int,
    left: int,
) -> None:
    add(empty_house, docs)
    monkeypatch.setattr("sys.stdin", stdin)
    done = empty_house.robi("texts", "remove", "--all", *arguments)
    assert (done.code, len(kept(empty_house))) == (code, left)
    assert (left == 2) is ("Removed" not in done.out)


def test_removing_needs_to_know_which(empty_house: House) -> None:
    assert empty_house.robi("texts", "remove").code == 2
    assert empty_house.robi("texts", "remove", "--all", "--yes").out == "No texts.\n"


def test_search_shows_what_a_question_finds_and_says_when_it_is_nothing(
    empty_house: House, docs: Path
) -> None:
    add(empty_house, docs, "--url", "https://site.org/")
    found = empty_house.robi("texts", "search", "qué", "roca", "sale", "del", "volcán").out
    where, url, words = found.splitlines()
    assert where.endswith("Las rocas / Del fuego (01-tierra--rocas, ¶ 1)")
    assert url.strip() == "https://site.org/tierra/rocas#del-fuego"
    assert words.strip() == "La roca que sale del volcán se llama ígnea."
    other = empty_house.robi("texts", "search", "roca", "volcán", "--text", "mar")
    assert (other.code, other.out.startswith("Nothing:")) == (0, True)
    assert empty_house.robi("texts", "search", "roca", "--text", "nada").code == 1
