"""The classes of what is never written about a person (issue 4, line 3)."""

from typing import Literal

PrivateClass = Literal["secret", "card", "bank", "identity", "health", "confidence"]
"""secret: passwords, PINs, codes and keys. card: numbers of cards. bank: numbers of accounts.
identity: numbers of documents. health: sensitive facts of someone's health. confidence: other
people's secrets, and what someone asked to be told to nobody."""
