"""A listener that reads all it is sent and throws it away, as a program that prints its port.

    python -m tools.bench.sink

The far end of sockets whose near end is measured, so that its CPU is not counted.
"""

from functools import partial

import trio


async def serve() -> None:
    """Read whatever comes, until the process is ended."""
    async with trio.open_nursery() as nursery:
        listeners = await nursery.start(partial(trio.serve_tcp, _drain, 0, host="127.0.0.1"))
        print(listeners[0].socket.getsockname()[1], flush=True)


async def _drain(stream: trio.SocketStream) -> None:
    try:
        while await stream.receive_some():
            pass
    except trio.BrokenResourceError:
        return  # the other side was in a hurry


if __name__ == "__main__":
    trio.run(serve)
