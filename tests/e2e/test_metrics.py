"""The figures of a running server: what robots do is what a scraper sees, and a collector gets."""

from pathlib import Path

import httpx
import trio

from tests.e2e.conftest import KEY, open_site
from tests.metrics.otlp import collector
from tests.metrics.stage import samples
from tools.gemini_stub import Reply


async def test_server_shows_what_its_robots_did_to_a_scraper_and_to_a_collector(
    tmp_path: Path,
) -> None:
    answer = Reply(chunks=("[emotion:happy] Uno,", " dos,", " tres"), chunk_delay_ms=5)
    down = Reply(match="rómpete", error="400")
    with collector() as (endpoint, got):
        async with (
            open_site(tmp_path, down, default=answer, OTEL_EXPORTER_OTLP_ENDPOINT=endpoint) as site,
            httpx.AsyncClient(headers={"Authorization": f"Bearer {KEY}"}, trust_env=False) as app,
        ):
            async with site.robot() as robot:
                await robot.asks("hola", "r1")
                await robot.asks("rómpete", "r2")
                last_seq = robot.seen[-1]["seq"]
                await robot.drop()
            async with site.robot(session_id=robot.session_id, last_seq=last_seq - 1) as robot:
                assert (await robot.hears())["seq"] == last_seq
                written = "robi_store_writes_total{outcome=written}"
                shown = dict[str, float]()
                with trio.fail_after(10):  # what nobody waits for is gathered before it is written
                    while not shown.get(written):
                        shown = samples((await app.get(f"{site.http}/metrics")).content)
    assert shown["robi_turns_total{kind=text,outcome=answered}"] == 1
    assert shown["robi_turns_total{kind=text,outcome=failed}"] == 1
    assert shown["robi_turn_first_text_seconds_count{kind=text}"] == 1
    assert shown["robi_model_chunk_gap_seconds_count"] == 2
    assert shown["robi_model_tokens_total{direction=output,purpose=talk}"] > 0
    assert shown["robi_session_arrivals_total{how=new}"] == 1
    assert shown["robi_session_arrivals_total{how=resumed}"] == 1
    assert shown["robi_replayed_messages_total"] == 1
    assert shown["robi_sessions{link=attached}"] == shown["robi_links"] == 1
    assert shown["process_open_fds"] > 0
    spans = [
        span
        for request in got
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]
    assert sum(span.name == "turn" for span in spans) == 2
    assert sum(span.name == "store" for span in spans) == 2
    told = str(got)
    assert "hola" not in told
    assert "dos," not in told
