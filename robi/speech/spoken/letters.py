"""Letters, and what hangs on them: classes for regular expressions that the standard library lacks.

Owns what may not begin a piece of text (combining marks and their like, from Unicode 15), and which
scripts write no space between words.
"""

from typing import Final

MARKS: Final = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a"
    "\u07a6-\u07b0\u0900-\u0903\u093a-\u093c\u093e-\u094f\u0951-\u0957\u0962\u0963\u0981-\u0983"
    "\u09bc\u09be-\u09cd\u09d7\u0a01-\u0a03\u0a3c-\u0a51\u0a70\u0a71\u0a81-\u0a83\u0abc"
    "\u0abe-\u0acd\u0b01-\u0b03\u0b3c\u0b3e-\u0b57\u0b82\u0bbe-\u0bcd\u0bd7\u0c00-\u0c04\u0c3c"
    "\u0c3e-\u0c56\u0c81-\u0c83\u0cbc\u0cbe-\u0cd6\u0d00-\u0d03\u0d3b\u0d3c\u0d3e-\u0d4d\u0d57"
    "\u0d81-\u0d83\u0dca-\u0ddf\u0e31\u0e33-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb3-\u0ebc\u0ec8-\u0ece"
    "\u0f18\u0f19\u0f35\u0f37\u0f39\u0f3e\u0f3f\u0f71-\u0f84\u0f8d-\u0fbc\u102b-\u103e\u1056-\u1059"
    "\u1160-\u11ff\u135d-\u135f\u17b4-\u17d3\u1ab0-\u1ace\u1dc0-\u1dff\u200c\u200d\u20d0-\u20f0"
    "\u302a-\u302f\u3099\u309a\ufe00-\ufe0f\ufe20-\ufe2f\U000e0020-\U000e007f\U0001f3fb-\U0001f3ff"
)
"""Only ever inside a grapheme: combining marks, joiners, selectors, skin tones, and the letters
that Unicode counts to the one before them (Hangul jamo, the Thai and Lao am)."""

UNSPACED: Final = (
    "\u0e01-\u0e30\u0e32\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0ec0-\u0ec6\u1000-\u102a\u1780-\u17b3"
    "\u2e80-\u3029\u3030-\u3098\u309b-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff01-\uffee"
    "\U00020000-\U0003ffff"
)
"""First characters of graphemes in scripts whose words no white space parts; each is a word here.

The syllables of Hangul are among them: Korean has spaces, but leaves nothing to wait for.
"""

LETTERS: Final = rf"[^\W\d_{UNSPACED}](?:[^\W\d_{UNSPACED}]|[{MARKS}])*+"
"""A run of letters of spaced scripts with their marks; possessive: no text makes it try again."""
