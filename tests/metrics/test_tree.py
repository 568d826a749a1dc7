"""What is read from the tree when somebody asks."""

from typing import Any

from prometheus_client import CollectorRegistry, generate_latest

from robi.actors.snapshot import Detail, Snapshot, State
from robi.metrics.tree import Spent, TreeCollector
from tests.metrics.stage import actor, samples, sources, tree


def read(*children: Snapshot, spent: tuple[Spent, ...] = ()) -> dict[str, float]:
    """Return the samples of a tree."""
    registry = CollectorRegistry()
    registry.register(TreeCollector(sources(lambda: tree(*children), spent)))
    return samples(generate_latest(registry))


def session(name: str, *, putters: int = 0, **details: Detail) -> Snapshot:
    told: dict[str, Any] = {"turn": "idle", "link": "attached", "outbox": 0, **details}
    return actor(f"session/{name}", putters=putters, depth=1, **told)


def test_details_of_actors_are_samples() -> None:
    found = read(
        actor("janitor", files=3, bytes=2048),
        actor("brain", waiting=2, waiting_background=1, budget_used=0.25),
    )
    assert found["robi_media_files"] == 3
    assert found["robi_media_bytes"] == 2048
    assert found["robi_model_waiting{lane=talk}"] == 2
    assert found["robi_model_waiting{lane=background}"] == 1
    assert found["robi_budget_used_ratio"] == 0.25


def test_detail_that_is_not_there_is_no_sample() -> None:
    found = read(actor("brain", calls=0))
    assert "robi_budget_used_ratio" not in found
    assert "robi_media_files" not in found


def test_actors_are_told_by_state_restarts_and_mailbox() -> None:
    found = read(
        actor("store", restarts=2, depth=5, putters=4, degraded=True),
        actor("memory", state=State.STARTING),
    )
    assert found["robi_actor_running{actor=store}"] == 1
    assert found["robi_actor_running{actor=memory}"] == 0
    assert found["robi_actor_degraded{actor=store}"] == 1
    assert found["robi_actor_restarts_total{actor=store}"] == 2
    assert found["robi_mailbox_messages{actor=store}"] == 5
    assert found["robi_mailbox_limit{actor=store}"] == 64
    assert found["robi_mailbox_putters_waiting{actor=store}"] == 4


def test_sessions_are_summed_and_never_named() -> None:
    found = read(
        actor(
            "sessions",
            session("abc", outbox=2, kept=5, turn="answering"),
            session("def", outbox=7, kept=1, link="parked", putters=1),
            live=2,
            most=9,
        )
    )
    assert found["robi_sessions{link=attached}"] == 1
    assert found["robi_sessions{link=parked}"] == 1
    assert found["robi_sessions_answering"] == 1
    assert found["robi_outbox_messages"] == 9
    assert found["robi_outbox_longest_messages"] == 7
    assert found["robi_replay_messages"] == 6
    assert found["robi_mailbox_messages{actor=session}"] == 2
    assert found["robi_mailbox_putters_waiting{actor=session}"] == 1
    assert not any("abc" in name for name in found)


def test_no_session_is_zero_sessions() -> None:
    found = read(actor("sessions"))
    assert found["robi_sessions{link=attached}"] == found["robi_outbox_longest_messages"] == 0


def test_session_between_two_lives_has_no_link() -> None:
    assert read(actor("sessions", actor("session/abc")))["robi_sessions{link=none}"] == 1


def test_privacy_gate_is_told_by_class() -> None:
    found = read(actor("memory", private_card=2, private_health=1, backlog=0))
    assert found["robi_private_refused_total{class=card}"] == 2
    assert found["robi_private_refused_total{class=health}"] == 1


def test_what_the_model_took_is_told_by_purpose_and_costs_only_with_prices() -> None:
    found = read(spent=(Spent("talk", 70, 30, 0.5), Spent("summary", 1, 2, 0.0)))
    assert found["robi_model_tokens_total{direction=input,purpose=talk}"] == 70
    assert found["robi_model_tokens_total{direction=output,purpose=summary}"] == 2
    assert found["robi_model_cost_total{purpose=talk}"] == 0.5
    assert "robi_model_cost_total{purpose=summary}" not in found


def test_server_tells_of_itself() -> None:
    found = read()
    assert found["robi_info{model=a-model,python=3.11,version=1.0}"] == 1
    assert found["robi_tasks"] == 5
    assert found["robi_uptime_seconds"] == 12.5


def test_registering_reads_nothing() -> None:
    def unread() -> Snapshot:
        raise AssertionError

    CollectorRegistry(auto_describe=False).register(TreeCollector(sources(unread)))
