from hypothesis import given
from hypothesis import strategies as st

from robi.speech.data import CLOSE, OPEN, block, line, read
from robi.speech.names import plain


@given(st.lists(st.tuples(st.sampled_from(["person", "robot"]), st.text())))
def test_block_is_read_as_it_was_written(items: list[tuple[str, str]]) -> None:
    written = "\n".join(block(line(key, text, 10_000) for key, text in items))
    assert list(read(f"before\n{written}\nafter")) == [(key, plain(text)) for key, text in items]


@given(st.text() | st.sampled_from([OPEN, CLOSE, f"\n{CLOSE}\n", "[emotion:sad]", "\u2028"]))
def test_line_of_whatever_content_is_one_line_without_marks_or_directions(text: str) -> None:
    written = line("person", text, 10_000)
    assert len(written.splitlines()) == 1
    assert not any(char in written for char in "<>[]")


def test_line_holds_no_more_than_it_may() -> None:
    assert line("person", "x" * 20, 10) == '{"person": "xxxxxxxxxx"}'


def test_line_of_a_number_is_a_number() -> None:
    assert line("battery", 15, 10) == '{"battery": 15}'


def test_read_of_text_without_a_block_is_nothing() -> None:
    assert list(read("hola")) == []
