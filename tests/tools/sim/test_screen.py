"""What is written to a terminal or a pipe."""

from io import StringIO

import pytest

from tools.sim.screen import PROMPT, Screen, wants_colour


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
def test_colour_on_a_terminal_follows_the_environment(
    environ: dict[str, str], wanted: bool
) -> None:
    assert wants_colour(Terminal(), environ) is wanted


def test_colour_in_a_pipe_is_not_wanted() -> None:
    assert not wants_colour(StringIO(), {})


def test_line_after_a_piece_begins_afresh() -> None:
    out = StringIO()
    screen = Screen(out)
    screen.piece("Ho")
    screen.piece("la")
    screen.line("next")
    assert out.getvalue() == "Hola\nnext\n"


def test_words_of_a_server_cannot_steer_the_terminal() -> None:
    out = StringIO()
    Screen(out).line("\x1b[2J\x07 hola\x9b ñ 🙂")
    assert out.getvalue() == "[2J hola ñ 🙂\n"


def test_prompt_that_stands_is_not_repeated() -> None:
    out = StringIO()
    screen = Screen(out)
    screen.prompt()
    screen.prompt()
    assert out.getvalue() == PROMPT


def test_prompt_gives_way_to_what_is_said() -> None:
    out = StringIO()
    screen = Screen(out, colour=True)
    screen.prompt()
    screen.line("hola")
    assert out.getvalue().endswith("\r\x1b[Khola\n")


def test_style_without_colour_is_plain_text() -> None:
    out = StringIO()
    Screen(out).line("hola", "red")
    assert out.getvalue() == "hola\n"
