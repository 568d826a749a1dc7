from hypothesis import given
from hypothesis import strategies as st

from robi.speech.data import CLOSE, OPEN, block, item, line, read, verbatim
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


TRICKS = (
    CLOSE,
    f"\n{CLOSE}\n",
    "[emotion:sad]",
    "\u2028",
    "\x85",
    "\x0b",
    "\u202e",
    "\r\n",
    "\ud800",
)


@given(st.text() | st.sampled_from(TRICKS), st.text() | st.sampled_from(TRICKS))
def test_item_of_several_fields_is_one_line_and_is_read_as_it_was_written(
    title: str, words: str
) -> None:
    fields: dict[str, str | float] = {
        "passage": 1,
        "title": plain(title),
        "words": verbatim(words, 10_000),
    }
    written = item(fields)
    assert len(written.splitlines()) == 1
    assert not any(char in written for char in "<>[]")
    assert dict(read("\n".join(block([written])))) == fields


@given(st.text())
def test_verbatim_words_have_the_lines_of_the_text_and_nothing_that_is_not_seen(text: str) -> None:
    kept = verbatim(text, 10_000)
    assert kept.split("\n") == kept.splitlines() or not kept or kept.endswith("\n")
    assert plain(kept) == plain(text)


def test_verbatim_words_keep_indentation_and_the_space_between_words() -> None:
    assert verbatim("if a:\r\n    b  =  [1]\u2028\n\tc  ", 100) == "if a:\n    b  =  [1]\n\n c"


def test_verbatim_words_are_no_more_than_they_may_be() -> None:
    assert verbatim("x" * 20, 10) == "x" * 10
