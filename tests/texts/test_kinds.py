"""Of what kind a file is: by its first bytes, by what is told, by its name, by its look."""

import pytest

from robi.errors import UnsupportedFileFormat
from robi.texts.base import Kind
from robi.texts.kinds import MEDIA_TYPES, SUFFIXES, sniff


@pytest.mark.parametrize(
    ("told", "name", "data", "kind"),
    [
        ("text/markdown; charset=utf-8", "", b"hola", "markdown"),
        ("Text/HTML", "", b"hola", "html"),
        ("markdown", "x.txt", b"hola", "markdown"),
        ("application/octet-stream", "a/b.MD", b"hola", "markdown"),
        ("text/plain", "b.mdx", b"hola", "markdown"),
        ("text/plain", "b", b"# hola", "plain"),
        (None, "b.htm", b"hola", "html"),
        (None, "", b"hola", "plain"),
        (None, "", b"\n# Hola\n", "markdown"),
        (None, "", b" <!DOCTYPE html><p>hola", "html"),
        ("text/html", "x.txt", b"%PDF-1.7", "pdf"),
        (None, "", b"\n\n%PDF-1.7", "pdf"),
        (None, "", b"PK\x03\x04...mimetypeapplication/epub+zip", "epub"),
        (None, "", "hola".encode("utf-16"), "plain"),
    ],
)
def test_kind_is_that_which_is_known_for_sure_first(
    told: str | None, name: str, data: bytes, kind: Kind
) -> None:
    assert sniff(told, name, data) == kind


@pytest.mark.parametrize(
    ("told", "data"),
    [
        (None, b"\x89PNG\r\n"),
        ("text/plain", b"\xff\xd8\xff\xe0"),
        ("text/plain", b"PK\x03\x04 a spreadsheet"),
        ("text/plain", b"MZ\x90\0\3\0\0\0"),
        ("image/png", b"hola"),
        ("application/json", b"{}"),
        ("application/pdf", b"hola"),
        ("epub", b"hola"),
    ],
)
def test_what_is_no_text_of_ours_is_refused(told: str | None, data: bytes) -> None:
    with pytest.raises(UnsupportedFileFormat) as refused:
        sniff(told, "x.md", data)
    assert refused.value.details


def test_every_kind_has_a_suffix_and_a_media_type() -> None:
    assert set(SUFFIXES.values()) == set(MEDIA_TYPES.values())
