"""Ids of texts, and addresses as Docusaurus makes them."""

import pytest

from robi.errors import InvalidRequestFormat
from robi.texts.naming import checked_id, checked_title, checked_url, digest, made_id, page_url


@pytest.mark.parametrize(
    ("name", "title", "text_id"),
    [
        ("01-Las Rocas.md", "", "01-las-rocas"),
        ("guía/Ñandú_x.pdf", "", "guia--nandu_x"),
        ("a\\b.txt", "", "a--b"),
        ("v1.2-notes.md", "", "v1-2-notes"),
        ("", "El mar: ¿qué es?", "el-mar-que-es"),
        ("日本.md", "Mar", "mar"),
        ("../../etc/passwd", "", "etc--passwd"),
        ("-_-.md", "_", digest(b"-_-.md\n_")[:16]),
    ],
)
def test_id_is_made_of_the_name_else_the_title(name: str, title: str, text_id: str) -> None:
    assert made_id(name, title) == text_id
    assert checked_id(text_id) == text_id


def test_ids_of_long_names_that_differ_at_their_end_differ() -> None:
    one, other = (made_id(f"{'carpeta/' * 20}{n}.md", "") for n in "ab")
    assert one != other
    assert checked_id(one) == one


def test_slash_in_an_id_is_two_hyphens() -> None:
    assert checked_id("guia/rocas") == "guia--rocas"


@pytest.mark.parametrize("text_id", ["", "A", "-a", "a b", "*", "a" * 65, "ñ", "a.b", "a\n"])
def test_id_that_is_none_is_refused(text_id: str) -> None:
    with pytest.raises(InvalidRequestFormat, match="text_id"):
        checked_id(text_id)


def test_title_is_one_line_of_bounded_length() -> None:
    assert checked_title(" Las\n rocas ") == "Las rocas"
    for wrong in ("", " \n", "a" * 201):
        with pytest.raises(InvalidRequestFormat, match="title"):
            checked_title(wrong)


@pytest.mark.parametrize("url", ["https://a.b/c?d=e#f", "http://localhost:3000", "http://[::1]/x"])
def test_url_of_a_page_is_taken(url: str) -> None:
    assert checked_url(url) == url


@pytest.mark.parametrize(
    "url",
    ["", "javascript:alert(1)", "data:text/html,x", "//a.b", "https://", "https://a b", "ftp://a.b",
     "https://a.b/\nx", "https://a.b/" + "c" * 2_000],
)  # fmt: skip
def test_url_that_is_no_page_is_refused(url: str) -> None:
    with pytest.raises(InvalidRequestFormat, match="url"):
        checked_url(url)


@pytest.mark.parametrize(
    ("path", "slug", "name", "url"),
    [
        ("intro.md", None, None, "intro"),
        ("01-geo/02-rocas.mdx", None, None, "geo/rocas"),
        ("01-geo/index.md", None, None, "geo/"),
        ("README.md", None, None, ""),
        ("01-geo/Geo.md", None, None, "geo/"),
        ("geo/2026-11-21.md", None, None, "geo/2026-11-21"),
        ("geo/1.4.2.md", None, None, "geo/1.4.2"),
        ("geo/02 - las rocas.md", None, None, "geo/las%20rocas"),
        ("geo/a.md", "/", None, ""),
        ("geo/a.md", "/otra/ruta", None, "otra/ruta"),
        ("geo/a.md", "b", None, "geo/b"),
        ("geo/a.md", "../b", None, "b"),
        ("geo/a.md", "../../../../b", None, "b"),
        ("geo/01-a.md", None, "b", "geo/b"),
        ("geo/index.md", None, "b", "geo/b"),
        ("geo/ñ.md", None, None, "geo/%C3%B1"),
        ("01-geo/index.html", "/x", "y", "01-geo/index.html"),
        ("01-geo/02-rocas.HTM", None, None, "01-geo/02-rocas.HTM"),
        ("01-geo/Las rocas #2.pdf", None, None, "01-geo/Las%20rocas%20%232.pdf"),
        ("libro.epub", None, None, "libro.epub"),
        ("README.txt", None, None, "README.txt"),
        ("javascript:alert(1).txt", None, None, "javascript%3Aalert(1).txt"),
        ("a.md", "//evil.example/x", None, "evil.example/x"),
        ("a.md", "javascript:alert(1)", None, "javascript%3Aalert(1)"),
    ],
)
def test_address_is_that_of_docusaurus(
    path: str, slug: str | None, name: str | None, url: str
) -> None:
    for base in ("https://site.org/docs", "https://site.org/docs/"):
        assert page_url(base, path, slug, name) == f"https://site.org/docs/{url}"
