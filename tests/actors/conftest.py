"""Fixtures of the actors' tests."""

import pytest
import trio

from tests.actors.bench import Bench


@pytest.fixture
async def bench(nursery: trio.Nursery) -> Bench:
    """A started session with a robot's store and brain, none of them real."""
    bench = Bench(nursery)
    bench.start()
    return bench
