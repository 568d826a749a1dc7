"""The exit codes of the tool; `--help` tells them to a person."""

from enum import IntEnum


class Exit(IntEnum):
    """What the command tells the shell; see `--help`."""

    OK = 0
    NO_ANSWER = 1
    KEY = 3
    ERROR = 4
    ORDER = 5
    CTRL_C = 130
