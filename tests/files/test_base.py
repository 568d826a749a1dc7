"""The names of media: random, telling their kind, and mistaken for nobody else's."""

import pytest

from robi.files.base import DRAFT, is_ours, new_name, whole_name

DIGITS = "0123456789abcdef" * 2
SOUND = f"media_{DIGITS}.ogg"


@pytest.mark.parametrize(
    ("mime", "extension"),
    [("audio/ogg", "ogg"), ("image/jpeg", "jpg"), ("video/mp4", "mp4"), ("audio/new", "bin")],
)
def test_name_of_a_new_file_tells_its_kind_and_is_ours(mime: str, extension: str) -> None:
    name = new_name(DIGITS, mime)
    assert name == f"media_{DIGITS}.{extension}"
    assert is_ours(name)


def test_draft_is_ours_and_knows_what_it_will_be_called() -> None:
    assert is_ours(SOUND + DRAFT)
    assert whole_name(SOUND + DRAFT) == SOUND


@pytest.mark.parametrize(
    "name",
    [
        "robi.db",
        "holiday.jpg",
        f"{DIGITS}.jpg",
        f"media_{DIGITS}",
        f"media_{DIGITS[:-1]}.ogg",
        f"media_{DIGITS.upper()}.ogg",
        f"media_{DIGITS}.ogg.bak",
        f"{SOUND}{DRAFT}{DRAFT}",
        f"../{SOUND}",
        f"{SOUND}\n",
        f"a/{SOUND}",
        "",
    ],
)
def test_name_that_was_not_made_here_is_not_ours(name: str) -> None:
    assert not is_ours(name)
