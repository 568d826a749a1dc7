import pytest
from hypothesis import given
from hypothesis import strategies as st

from robi.protocol.emotions import EMOTIONS
from robi.speech.emojis import is_code, read_codes


@pytest.mark.parametrize("code", sorted({code for group in EMOTIONS.values() for code in group}))
def test_code_of_every_emotion_is_valid(code: str) -> None:
    assert is_code(code)


@pytest.mark.parametrize("code", ["0031-FE0F-20E3", "1F469-200D-1F4BB", "1F1EA-1F1F8"])
def test_code_of_a_sequence_is_valid(code: str) -> None:
    assert is_code(code)


@pytest.mark.parametrize(
    "code",
    ["", "1f600", "1F6", "1F60000", "FFFFFF", "D83D", "0041", "FACE", "1F600-", "1F600 ", "😀"],
)
def test_code_that_is_no_emoji_is_invalid(code: str) -> None:
    assert not is_code(code)


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("1F600,1F389", ("1F600", "1F389")),
        ("u+1f600 | 2764-fe0f", ("1F600", "2764-FE0F")),
        ("😀🎉", ("1F600", "1F389")),
        ("❤️", ("2764-FE0F",)),
        ("👩‍💻", ("1F469-200D-1F4BB",)),
        ("🇪🇸", ("1F1EA-1F1F8",)),
        ("1️⃣", ("0031-FE0F-20E3",)),
        ("👋🏽", ("1F44B-1F3FD",)),
        ("smile, :), 1F600", ("1F600",)),
        ("", ()),
    ],
)
def test_written_emoji_are_read_as_codes(written: str, codes: tuple[str, ...]) -> None:
    assert read_codes(written) == codes


@given(st.text())
def test_whatever_is_written_only_valid_codes_are_read(written: str) -> None:
    assert all(map(is_code, read_codes(written)))
