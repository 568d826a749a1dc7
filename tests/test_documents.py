"""The generated parts of the documents are what the code says now."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

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
