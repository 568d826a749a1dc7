"""Why a tool cannot do what it was asked, in words for the model, which explains it to the person.

Owns the one exception that a tool raises on purpose. It never leaves a turn: it becomes a result.
"""


class Trouble(Exception):
    """The tool cannot do that; `args[0]` says why, in English, without anything private."""
