"""One process of a fleet: reads its job from standard input, tells what happens on standard output.

    python -m tools.sim.worker

The first line of input is a `Job`; a line of output is an item of `News`, both JSON. Once the input
ends, so does the fleet, whether its time is over or not: no worker outlives who started it.
"""

import os
import signal
import ssl
import sys
import time
from collections import deque
from typing import Final

import orjson
import trio

from tools.sim.fleet import Census, Fleet, Job, News, news_converter
from tools.sim.options import Address
from tools.sim.scenario import find_scenario

_TELL_EVERY_S: Final = 0.1
"""Lines are written together: a write for each would be a wake-up of the reader for each."""
_COUNT_EVERY: Final = 10
"""Times that `_TELL_EVERY_S` goes by until the robots are counted again."""


async def work() -> None:
    """Do the job that standard input tells."""
    asking = trio.lowlevel.FdStream(os.dup(sys.stdin.fileno()))
    line = b""
    while not line.endswith(b"\n"):
        if not (piece := await asking.receive_some()):
            return
        line += piece
    converter = news_converter()
    job = converter.structure(orjson.loads(line), Job)
    address = Address.parse(job.url)
    news: deque[bytes] = deque()

    def tell(item: News) -> None:
        news.append(
            orjson.dumps(converter.unstructure(item, News), option=orjson.OPT_APPEND_NEWLINE)
        )

    fleet = Fleet(
        job,
        [find_scenario(name) for name, _ in job.scenarios],
        address,
        ssl.create_default_context() if address.secure else None,
        trio.current_time() + job.begins_at - time.monotonic(),
        tell,
    )
    telling = trio.lowlevel.FdStream(os.dup(sys.stdout.fileno()))
    async with asking, telling:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(_cancel_at_end, asking, nursery.cancel_scope)
            nursery.start_soon(_tell, telling, news, fleet)
            await fleet.run()
            nursery.cancel_scope.cancel()
        await telling.send_all(b"".join(news))


async def _cancel_at_end(asking: trio.lowlevel.FdStream, scope: trio.CancelScope) -> None:
    while await asking.receive_some():
        pass
    scope.cancel()


async def _tell(telling: trio.lowlevel.FdStream, news: deque[bytes], fleet: Fleet) -> None:
    rounds = 0
    while True:
        await trio.sleep(_TELL_EVERY_S)
        rounds += 1
        if rounds % _COUNT_EVERY == 0:
            fleet.tell(Census(fleet.playing))
        lines = b"".join(news)
        news.clear()
        with trio.CancelScope(shield=True):  # half a line would be worse than a late end
            await telling.send_all(lines)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started us decides, and closes our input
    trio.run(work)
