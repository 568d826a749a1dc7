"""Every test is watched: see tests/harness.py."""

pytest_plugins = ["tests.harness"]


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name bytes by their length: masks of frames are random, and the workers of pytest-xdist must
    agree on what every test is called."""
    return f"{len(val)} bytes" if isinstance(val, bytes) else None
