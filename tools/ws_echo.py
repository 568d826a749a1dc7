"""An echo over WebSocket on the very same accept code and limits as the server.

For conformance suites (`tools/autobahn.py`) and measurements; `--port N` says where.
It is the one tool that imports more of Robi than `robi.protocol`, since that is its purpose.
"""

import argparse
import signal
from collections.abc import Callable

import orjson
import trio

from robi.actors.link import LinkClosed
from robi.actors.mailbox import Mailbox
from robi.actors.ticker import Tick
from robi.errors import RobiError
from robi.web.accept import Dispatcher, LinkLimits
from robi.web.asgi import Receive, Scope, Send
from robi.web.handshake import UpgradeRules
from robi.web.link import WebSocketLink
from robi.web.listener import ListenerActor, ListenerSettings

MIB = 1024 * 1024


async def echo(link: WebSocketLink, _key: str | None, authenticated: Callable[[], None]) -> None:
    """Send back whatever comes, to anybody."""
    authenticated()
    try:
        while True:
            message = await link.receive()
            if isinstance(message, bytes):
                await link.send_binary(message)
            else:
                await link.send([message.encode()])
    except LinkClosed:
        return


async def no_pages(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer plain requests with 404."""
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body"})


def plain_words(error: RobiError, _request_id: str) -> bytes:
    """Return an error of the catalogue in short."""
    return orjson.dumps({"error": True, "error_code": error.error_code, "code": error.code})


def make_listener(host: str, port: int, max_message_mb: float) -> ListenerActor:
    """Return the server's own listener with an echo behind it."""
    return ListenerActor(
        ListenerSettings(host, port),
        Dispatcher(
            no_pages,
            UpgradeRules(path=None),
            plain_words,
            link_limits=LinkLimits(max_size=int(max_message_mb * MIB)),
        ),
        echo,
    )


async def serve(host: str, port: int, max_message_mb: float) -> None:
    """Echo until interrupted."""
    listener = make_listener(host, port, max_message_mb)
    mailbox = Mailbox[Tick]("ws_echo", 1)

    def ready() -> None:
        print(f"ws://{host}:{listener.details()['port']}/", flush=True)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(listener.run, mailbox, ready)
        with trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
            async for _ in signals:
                nursery.cancel_scope.cancel()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description="WebSocket echo on the server's accept code")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0: any free port (default)")
    parser.add_argument(
        "--max-message-mb", type=float, default=50, help="largest message in MiB (default 50)"
    )
    options = parser.parse_args()
    trio.run(serve, options.host, options.port, options.max_message_mb)


if __name__ == "__main__":
    main()
