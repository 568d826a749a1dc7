"""Every test is watched (tests/harness.py), and none of properties has to be fast to pass."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "any speed", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any speed")

pytest_plugins = ["tests.harness"]


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name bytes by their length: masks of frames are random, and the workers of pytest-xdist must
    agree on what every test is called."""
    return f"{len(val)} bytes" if isinstance(val, bytes) else None
