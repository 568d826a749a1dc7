"""The documents: generated parts are what the code says now, and named tests exist."""

import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from robi.errors import RobiError

ROOT = Path(__file__).parent.parent


def load_make_docs() -> ModuleType:
    """Import the tool from its file: tools are programs, not a package."""
    spec = importlib.util.spec_from_file_location("make_docs", ROOT / "tools" / "make_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


make_docs = load_make_docs()


@pytest.mark.parametrize(
    "path", make_docs.documents(), ids=lambda path: str(path.relative_to(ROOT))
)
def test_document_as_it_stands_is_fresh(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == make_docs.renewed(path)


def test_part_in_a_fence_keeps_its_fence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(make_docs, "output", lambda command: f"made by {command}\n")
    path = tmp_path / "page.md"
    path.write_text("a\n<!-- made by: robi x -->\n```mermaid\nold\n```\n<!-- end -->\nb\n")
    assert make_docs.renewed(path) == (
        "a\n<!-- made by: robi x -->\n```mermaid\nmade by robi x\n```\n<!-- end -->\nb\n"
    )


def test_parts_of_one_page_are_made_each_by_its_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(make_docs, "output", lambda command: f"{command}\n")
    path = tmp_path / "page.md"
    path.write_text("".join(f"<!-- made by: robi {x} -->\n<!-- end -->\n" for x in "ab"))
    assert make_docs.renewed(path) == "".join(
        f"<!-- made by: robi {x} -->\nrobi {x}\n<!-- end -->\n" for x in "ab"
    )


def test_command_that_prints_nothing_makes_no_part() -> None:
    with pytest.raises(make_docs.NothingMade, match="prints nothing"):
        make_docs.output("python -c pass")


def test_document_with_a_part_that_nothing_makes_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- made by: python -c pass -->\n<!-- end -->\n")
    monkeypatch.setattr(make_docs, "ROOT", tmp_path)
    monkeypatch.setattr(make_docs, "documents", lambda: [page])
    monkeypatch.setattr(sys, "argv", ["make_docs", "--check"])
    assert make_docs.main() == 1
    assert capsys.readouterr().out == "page.md: python -c pass prints nothing\n"


def bounds() -> list[tuple[str, str]]:
    """Return each queue of the table of bounds, and the name of the test that shows it full."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    table = text.partition("\n## Bounds\n")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    return [(row[0], row[-1].strip("`")) for row in rows[1:]]


def test_table_of_bounds_is_whole() -> None:
    assert len(bounds()) >= 11


@pytest.mark.parametrize("name", dict(bounds()).values(), ids=dict(bounds()).keys())
def test_bound_of_the_table_is_shown_by_a_test(name: str) -> None:
    sources = (path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    assert any(f"def {name}(" in source for source in sources)


def shown_in_security() -> list[str]:
    """Return the tests that docs/security.md names."""
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    return list(dict.fromkeys(re.findall(r"`(test_\w+)`", text)))


def test_review_of_security_names_a_test_for_each_answer() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    assert shown_in_security()
    assert [name for name in shown_in_security() if f"def {name}(" not in sources] == []


def spoken() -> Iterator[str]:
    """Every sentence in which the robot says that something is wrong."""
    kinds = [RobiError]
    for kind in kinds:
        kinds += kind.__subclasses__()
        yield from vars(kind).get("spoken", {}).values()


@pytest.mark.parametrize("sentence", sorted(set(spoken())))
def test_sentence_about_a_trouble_is_explained(sentence: str) -> None:
    page = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    assert f"«{sentence}»" in page or f"“{sentence}”" in page
