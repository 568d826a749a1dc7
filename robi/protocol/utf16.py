"""Lengths as Kotlin and JavaScript count them: in UTF-16 code units.

A phone says how much of an answer it has spoken in these units (protocol.md §2, `spoken_chars`). A
character beyond the basic plane, such as most emoji, counts two.
"""

LAST_OF_BASIC_PLANE = "\uffff"


def length_utf16(text: str) -> int:
    """Return the length of `text` in UTF-16 code units."""
    return len(text) + sum(character > LAST_OF_BASIC_PLANE for character in text)


def prefix_utf16(text: str, units: int) -> str:
    """Return the longest prefix of `text` of at most `units` UTF-16 code units.

    A character of two units is never split: a count that ends inside of one leaves it out.
    """
    used = 0
    for index, character in enumerate(text):
        used += 2 if character > LAST_OF_BASIC_PLANE else 1
        if used > units:
            return text[:index]
    return text
