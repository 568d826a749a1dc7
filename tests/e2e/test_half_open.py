"""A link whose cable was pulled: no FIN comes, and the one clock finds it all the same.

When exactly is told under a virtual clock, in tests/web/test_robot.py; here it is real sockets.
"""

from pathlib import Path

import trio

from tests.e2e.conftest import KEY, open_site
from tests.e2e.proxy import FaultProxy, Way
from tests.e2e.robots import PATIENCE, connect


async def test_frozen_link_is_dropped_and_its_session_parked_for_the_robot_to_resume(
    tmp_path: Path,
) -> None:
    async with (
        open_site(tmp_path, WS_PING_INTERVAL="1", WS_PING_TIMEOUT="1") as site,
        trio.open_nursery() as network,
    ):
        proxy = FaultProxy("127.0.0.1", site.house.port)
        url = f"ws://127.0.0.1:{await proxy.serve(network)}/ws/interact"
        with trio.fail_after(PATIENCE):
            async with connect(url) as robot:
                await robot.authenticate(KEY, device_id="d")
                await robot.asks("hola")
                (passage,) = proxy.passages
                passage.freeze()
                await passage.wait_left_by(Way.DOWN)  # it is the server that gives up
                await robot.drop()
            place = {"session_id": robot.session_id, "last_seq": robot.seen[-1]["seq"]}
            async with site.robot(device_id="d", **place) as again:
                assert again.seen[0]["resumed"] is True
                assert (await again.asks("¿y ahora?", "r2"))[-1]["type"] == "stream_end"
        network.cancel_scope.cancel()
