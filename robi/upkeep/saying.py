"""How a command of the upkeep ends that cannot be done: in a line, and nothing but that."""

import argparse
import logging
from collections.abc import Callable

import structlog

from robi.config import SettingsError, folder
from robi.errors import ConfigurationError, DataError
from robi.shell import WRONG, complain


def in_words(
    what: str, command: Callable[[argparse.Namespace], int]
) -> Callable[[argparse.Namespace], int]:
    """Let a command that cannot be done say so in a line, and nothing but that."""

    def run(arguments: argparse.Namespace) -> int:
        quiet = structlog.make_filtering_bound_logger(logging.CRITICAL)
        structlog.configure(wrapper_class=quiet)  # what the log would say is said here
        try:
            return command(arguments)
        except SettingsError:
            raise  # told as for every command
        except folder.FolderInUse as error:
            complain(f"{what}: {error.details}. Stop it first.")
        except (ConfigurationError, DataError) as error:
            name = error.details or error.error_code
            of_sqlite = name.startswith("SQLITE_")
            complain(f"{what}: {f'the database does not answer ({name})' if of_sqlite else name}.")
        return WRONG

    return run
