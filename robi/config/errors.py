"""Why there can be no settings."""

from robi.errors import ConfigurationError


class SettingsError(ConfigurationError):
    """Settings that cannot be used.

    Args:
        problems: everything that is wrong, a line each, without any secret's value.
    """

    def __init__(self, *problems: str) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems
