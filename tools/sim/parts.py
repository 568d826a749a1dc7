"""Who plays a scenario, and how it is known that no two have heard each other's answers. Pure."""

import re
from random import Random
from typing import Final

from attrs import field, frozen

_LETTERS: Final = "abcdefghijklmnop"
_TOKEN: Final = re.compile(r"qz[a-p]{14}")


@frozen
class Part:
    """Who plays: `device_id` and `token` are this robot's alone.

    `token` is what `{token}` in a scenario stands for: a made-up word, of letters only, for
    numbers are spoken as words. An answer that holds the token of another robot has been crossed.
    """

    api_key: str | None = field(repr=False)
    device_id: str
    token: str

    def foreign(self, text: str) -> list[str]:
        """Return the tokens in `text` that are other robots'."""
        return sorted(set(_TOKEN.findall(text.lower())) - {self.token})


def new_part(api_key: str | None, rng: Random) -> Part:
    """Return a part that no other robot has."""
    token = "qz" + "".join(rng.choices(_LETTERS, k=14))
    return Part(api_key, f"sim-{token}", token)
