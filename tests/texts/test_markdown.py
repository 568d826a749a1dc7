"""Markdown of GitHub and Docusaurus: what of it is words."""

import pytest

from robi.texts.base import TextWithheld
from robi.texts.document import Section
from robi.texts.markdown import read


def sections(text: str) -> tuple[Section, ...]:
    return read(text.encode()).sections


def words(text: str) -> list[str]:
    return [block.words for section in sections(text) for block in section.blocks]


def test_heading_has_its_path_and_its_anchor() -> None:
    found = sections("# Rocas\n\na\n\n### Duras *y* `feas`\n\nb\n\n## Mar {#agua}\n\nc")
    assert [(section.heading, section.anchor) for section in found] == [
        (("Rocas",), "rocas"),
        (("Rocas", "Duras y feas"), "duras-y-feas"),
        (("Rocas", "Mar"), "agua"),
    ]


@pytest.mark.parametrize(
    ("front", "title"),
    [
        ("title: Las rocas\nid: r", "Las rocas"),
        ("title: 'Las: rocas' # x", "Las: rocas"),
        ('title: "Las rocas"', "Las rocas"),
        ("sidebar_position: 1", "Rocas"),
    ],
)
def test_title_is_of_the_front_matter_else_the_first_heading(front: str, title: str) -> None:
    document = read(f"---\n{front}\n---\n\nVerás.\n\n# Rocas".encode())
    assert document.title == title
    assert document.sections[0].blocks[0].words == "Verás."


def test_slug_and_id_are_told() -> None:
    document = read(b"\xef\xbb\xbf---\r\nslug: /a/b\r\nid: c\r\n---\r\nHola")
    assert (document.slug, document.name) == ("/a/b", "c")


def test_line_across_the_text_is_no_front_matter() -> None:
    assert words("Hola\n\n---\n\ntitle: x\n\n---\n") == ["Hola", "title: x"]


def test_marks_links_and_pictures_are_what_they_say() -> None:
    text = "Un **gran** [río](http://a.b 'c') ~~y~~ ![el _mar_](m.png) &amp; &ntilde; `x < y`"
    assert words(text) == ["Un gran río y el mar & ñ x < y"]


def test_lines_are_one_paragraph_and_breaks_are_kept() -> None:
    assert words("uno\ndos  \ntres<br/>cuatro") == ["uno dos\ntres\ncuatro"]


def test_list_keeps_its_lines_and_its_depth() -> None:
    text = "3. tres\n4. cuatro\n   - dentro\n\n     otro párrafo\n   - más"
    assert words(text) == ["3. tres\n4. cuatro\n  - dentro\n    otro párrafo\n  - más"]


def test_table_keeps_its_rows() -> None:
    assert words("| a | b |\n|---|:-:|\n| 1 | **2** |\n| 3 | |") == ["a | b\n1 | 2\n3 |"]


def test_code_is_kept_as_it_stands_and_has_no_headings() -> None:
    text = "```py\ndef f():\n    # no heading\n\nimport os from 'x'\n:::note\n```\n"
    assert words(text) == ["def f():\n    # no heading\nimport os from 'x'\n:::note"]


def test_what_mdx_adds_is_no_text() -> None:
    text = (
        "import Tabs from '@theme/Tabs';\nimport {\n  A,\n} from 'b';\n\n"
        "export const x = 1;\n\n{/* no */}Hola<!-- no\n\nno -->\n\n"
        "<Tabs><TabItem value='a'>dentro</TabItem></Tabs>\n\n{/* nunca acaba"
    )
    assert words(text) == ["Hola", "dentro", "{/* nunca acaba"]


@pytest.mark.parametrize("line", ["import this is prose, from here on", "export is a word"])
def test_prose_that_begins_like_mdx_is_kept(line: str) -> None:
    assert words(line) == [line]


def test_admonition_is_its_words() -> None:
    text = ":::tip[Un consejo]\nBebe *agua*.\n:::\n\n:::note Ojo\n\nQuema.\n\n:::"
    assert words(text) == ["Un consejo.", "Bebe agua.", "Ojo.", "Quema."]


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("note", []),
        ("note[]", []),
        ("note{.red #a}", []),
        ("note[¿Sabías que…?]{.red}", ["¿Sabías que…?"]),
        ("tip Para recordar:", ["Para recordar:"]),
        ("tip **Ojo!**", ["Ojo!"]),
        ("tip[El [Nilo](n.md) y `x`]", ["El Nilo y x."]),
        (" note  Con espacios  ", ["Con espacios."]),
    ],
)
def test_title_of_an_admonition_is_a_sentence(line: str, title: list[str]) -> None:
    assert words(f":::{line}\nLa clorofila es verde.\n:::") == [*title, "La clorofila es verde."]


def test_admonition_in_another_a_list_or_a_quotation_stays_there() -> None:
    nested = "::::info Fuera\nuno\n\n:::note[Dentro]\ndos\n:::\n\ntres\n::::"
    assert words(nested) == ["Fuera.", "uno", "Dentro.", "dos", "tres"]
    listed = "1. Paso\n\n   :::note Ojo\n\n   Quema.\n\n   :::\n2. Otro"
    assert words(listed) == ["1. Paso\n  Ojo.\n  Quema.\n2. Otro"]
    assert words("> :::note Ojo\n> Quema.\n> :::\n\nfin") == ["Ojo.", "Quema.", "fin"]


@pytest.mark.parametrize("front", ["draft: true", "title: a\nunlisted: True # ya", "draft: 'true'"])
def test_page_that_its_author_withholds_is_none(front: str) -> None:
    with pytest.raises(TextWithheld, match=": true"):
        read(f"---\n{front}\n---\n\nHola".encode())


def test_page_that_is_no_draft_is_read() -> None:
    assert words("---\ndraft: false\nunlisted:\n---\n\ndraft: true") == ["draft: true"]


def test_formulas_are_kept_as_they_are_written() -> None:
    assert words("El área es $a^2 = b \\cdot c$.\n\n$$\nE = m c^2\n$$") == [
        "El área es $a^2 = b \\cdot c$.",
        "$$ E = m c^2 $$",
    ]


def test_html_within_is_read_as_html() -> None:
    text = "<details>\n<summary>Ver</summary>\n\nDentro.\n\n</details>\n\n<p hidden>no</p>\n"
    assert words(text) == ["Ver", "Dentro."]


def test_footnote_is_kept() -> None:
    assert words("Hola[^1]\n\n[^1]: http://a.b") == ["Hola[^1]", "[^1] http://a.b"]


def test_heading_without_words_is_none() -> None:
    found = sections("# Rocas\n\n##\n\na\n\n## ![](x.png)\n\nb")
    assert [(section.heading, len(section.blocks)) for section in found] == [(("Rocas",), 2)]


def test_heading_in_a_quotation_or_a_list_heads_no_more_than_it_does() -> None:
    assert words("> # Cita\n> dice\n\n- # dentro\n- b") == ["dice", "- dentro\n- b"]


@pytest.mark.parametrize("text", ["", "---\n", "***", "> ", "[a]: http://b.c", "[" * 2_000])
def test_strange_markdown_is_read(text: str) -> None:
    assert "".join(words(text)).replace("\n", "") in {"", "[" * 2_000}
