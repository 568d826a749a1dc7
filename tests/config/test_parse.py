"""Each parser: what it takes, what it refuses, and what it says then."""

import os
from pathlib import Path

import pytest

from robi.config import parse
from robi.config.parse import Parser, Secret, TextFile


@pytest.mark.parametrize(
    ("parser", "given", "value"),
    [
        (parse.whole(0, 10), "10", 10),
        (parse.whole(-5, 5), "-5", -5),
        (parse.number(0, 2), "0.7", 0.7),
        (parse.number(0, 2), "2", 2.0),
        (parse.choice("DEBUG", "INFO"), "info", "INFO"),
        (parse.choices("a", "b"), "B, a,", ("b", "a")),
        (parse.text(), "Señor Robi", "Señor Robi"),
        (parse.path(), "/var/lib/robi", Path("/var/lib/robi")),
        (parse.path(), "~", Path.home()),
        (parse.url("https"), "https://model.example/api/", "https://model.example/api"),
        (parse.url("sqlite"), "sqlite:////var/robi.db", "sqlite:////var/robi.db"),
        (parse.origins(), "https://a.example, http://b.example:81,", ("https://a.example", "http://b.example:81")),
        (parse.origins(), "https://A.example:443", ("https://a.example",)),
        (parse.origins(), "http://[::1]:8000", ("http://[::1]:8000",)),
        (parse.origins(), "http://localhost:3000/", ("http://localhost:3000",)),
        (parse.hosts(), "10.0.0.2, Robi.Local,,10.0.0.2", ("10.0.0.2", "robi.local")),
        (parse.hosts(), "[FD00::0:1],::1", ("fd00::1", "::1")),
        (parse.hosts(), "robi-2,localhost,1a.example", ("robi-2", "localhost", "1a.example")),
    ],
)  # fmt: skip
def test_parser_given_what_it_takes_returns_value(
    parser: Parser, given: str, value: object
) -> None:
    assert parser.read(given) == value


@pytest.mark.parametrize(
    ("parser", "given"),
    [
        (parse.choices("a", "b"), ","),
        (parse.choices("a", "b"), "a,c"),
        (parse.choices("a", "b"), "a,A"),
        (parse.whole(0, 10), "11"),
        (parse.whole(0, 10), "-1"),
        (parse.whole(0, 10), "1.0"),
        (parse.whole(0, 10), "1_0"),
        (parse.whole(0, 10), "٣"),
        (parse.whole(0, 10), "9" * 5_000),
        (parse.number(0, 2), "2.1"),
        (parse.number(0, 2), "nan"),
        (parse.number(0, 2), "1e0"),
        (parse.number(0, 2), "0,7"),
        (parse.choice("es", "en"), "fr"),
        (parse.text(), "a\nb"),
        (parse.text(longest=3), "four"),
        (parse.secret(), "two words"),
        (parse.secret(), "clave-ñ"),
        (parse.path(), "~nobody-has-this-name/x"),
        (parse.path(), "a\0b"),
        (parse.text_file(longest=9), "a\0b"),
        (parse.url("https", "http"), "model.example"),
        (parse.url("https", "http"), "https://"),
        (parse.url("https", "http"), "https://model.example:port"),
        (parse.url("https", "http"), "https://[broken"),
        (parse.url("https", "http"), "https://model.example/v1?key=x"),
        (parse.url("https", "http"), "https://model.example/v1#chat"),
        (parse.url("sqlite"), "sqlite://"),
        (parse.url("sqlite"), "postgresql://host/name"),
        (parse.origins(), "a.example"),
        (parse.origins(), "https://a.example/path"),
        (parse.origins(), "https://user@a.example"),
        (parse.origins(), "https://a.example:99999"),
        (parse.origins(), "*"),
        (parse.origins(), "https://*.example"),
        (parse.origins(), "https://a.example//"),
        (parse.hosts(), "300.1.1.1"),
        (parse.hosts(), "10.0.0.2:9393"),
        (parse.hosts(), "https://robi.example"),
        (parse.hosts(), "*.example"),
        (parse.hosts(), "-a.example"),
        (parse.hosts(), "a..example"),
        (parse.hosts(), "robi_1.example"),
        (parse.hosts(), "café.example"),
        (parse.hosts(), "fe80::1%eth0"),
        (parse.hosts(), ".".join(["a" * 60] * 5)),
    ],
)
def test_parser_given_anything_else_raises(parser: Parser, given: str) -> None:
    with pytest.raises(ValueError, match=r"^(must|is|holds|begins) "):
        parser.read(given)


@pytest.mark.parametrize("given", ["localhost:3000", "a.example", "[::1]:80", "a.example/page/"])
def test_origin_without_a_scheme_is_told_what_it_lacks(given: str) -> None:
    with pytest.raises(ValueError, match="lacks http:// or https://"):
        parse.origin(given)


@pytest.mark.parametrize("show", [repr, str, "{}".format])
def test_secret_shown_any_way_hides_itself(show: object) -> None:
    assert callable(show)
    assert "hidden" not in show(Secret("hidden"))


@pytest.mark.parametrize(
    ("candidate", "same"), [("llave", True), ("llav", False), ("llave ", False), ("\ud800", False)]
)
def test_secret_compared_tells_whether_equal(candidate: str, same: bool) -> None:
    assert Secret("llave").matches(candidate) is same


def test_secret_parsed_reveals_what_was_given() -> None:
    assert parse.secret().read("s3cret") == Secret("s3cret")


def test_text_file_is_read_without_its_mark_and_blanks(tmp_path: Path) -> None:
    file = tmp_path / "persona.md"
    file.write_bytes("\ufeff\nEres $robot_name, ¡ñ!\n".encode())
    assert parse.text_file(longest=30).read(str(file)) == TextFile(file, "Eres $robot_name, ¡ñ!")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read: No such file"),
        (b"", "of 1 to 5 characters"),
        (b" \n", "of 1 to 5 characters"),
        (b"123456", "of 1 to 5 characters"),
        (b"\xff\xfe", "in UTF-8"),
    ],
)
def test_text_file_that_is_none_raises_and_names_it(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    file = tmp_path / "persona.md"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ValueError, match=r"^must name a text") as caught:
        parse.text_file(longest=5).read(str(file))
    assert said in str(caught.value)


def test_text_file_that_is_a_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match=r"^must name a file"):
        parse.text_file(longest=5).read(str(tmp_path / "pipe"))


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("127.0.0.1", ("127.0.0.1/32",)),
        ("10.1.2.3/16, ::1", ("10.1.0.0/16", "::1/128")),
        ("10.0.0.1,10.0.0.1", ("10.0.0.1/32",)),
        ("none", ()),
    ],
)
def test_networks_are_read_as_they_are_written_by_rule(given: str, read: object) -> None:
    assert parse.networks().read(given) == read


@pytest.mark.parametrize("given", ["robi.example", "10.0.0.0/33", "0.0.0.0/0", "::/0", "none,::1"])
def test_networks_that_are_none_or_everybody_are_refused(given: str) -> None:
    with pytest.raises(ValueError, match="holds"):
        parse.networks().read(given)
