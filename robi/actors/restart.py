"""When a child that ended gets another life, and how many: pure rules, after Erlang/OTP."""

from enum import Enum

from attrs import field, frozen, validators


class Restart(Enum):
    """Which ends of a child's life are followed by another one."""

    PERMANENT = "permanent"
    """Every one: a permanent child that returns unasked has crashed (`Ended`)."""
    TRANSIENT = "transient"
    """Crashes only: it may finish."""
    TEMPORARY = "temporary"
    """None: it is forgotten."""


@frozen
class Intensity:
    """So many restarts in so many seconds; with one more the supervisor gives up.

    OTP's `MaxR` and `MaxT`: 3 restarts in 5 s are borne, the fourth crash escalates. There is
    no delay before a restart: this is what keeps a crash loop from spinning.
    """

    restarts: int = field(default=3, validator=validators.ge(0))
    seconds: float = field(default=5.0, validator=validators.gt(0.0))

    def spend(self, spent: tuple[float, ...], now: float) -> tuple[float, ...] | None:
        """Add a restart at `now` to those `spent`; None if that is one too many.

        Times are seconds of one clock; those that count no more are left out of the result.
        """
        recent = tuple(then for then in spent if now - then <= self.seconds)
        return (*recent, now) if len(recent) < self.restarts else None


class Verdict(Enum):
    """What follows a crash."""

    RESTART = "restart"
    FORGET = "forget"
    ESCALATE = "escalate"
