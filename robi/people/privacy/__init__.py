"""The privacy gate: what is never written about a person, found by exact rules.

Pure and quick, so that it stands before every write, by whatever way it comes. What only meaning
can tell is left to the model behind it (docs/decisions/0008-privacy-gate.md).
"""

from robi.people.privacy.classes import PrivateClass
from robi.people.privacy.gate import classes, masked
from robi.people.privacy.reading import PRIVATE_MARK

__all__ = ["PRIVATE_MARK", "PrivateClass", "classes", "masked"]
