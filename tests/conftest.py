"""Every test is watched: see tests/harness.py."""

pytest_plugins = ["tests.harness"]
