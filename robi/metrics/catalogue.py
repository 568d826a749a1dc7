"""Every metric of the server, as one table.

Owns names, helps, labels and buckets, and for those that are read when somebody asks, where in the
tree they are read. Names are by Prometheus' rules: base units (seconds, bytes), `_total` for what
only grows. The table in docs/operating.md is made from here, and the dashboard and the alerts are
tested against it. It is long because it is one table.
"""

from collections.abc import Mapping
from typing import Final, Literal

from attrs import field, frozen

Kind = Literal["counter", "gauge", "histogram"]
LabelValues = tuple[str, ...]

PATIENCE: Final = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0, 13.0, 20.0, 30.0)
"""What a person waits, in seconds: to the 30 that any answer may take."""

MOMENTS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""What the server itself takes, in seconds."""

SIZES: Final = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)
"""A batch of the store, in writes: 1000 messages at most."""


@frozen
class Detail:
    """Where a value is read: a fact that an actor shows about itself."""

    actor: str
    name: str


@frozen
class Metric:
    """A metric.

    Args:
        name: with its `_total`, as it is asked for.
        of: where it is read, by the values of its labels; nothing if it is told or counted.
        of_sessions: the fact of each session whose sum (or with `most` the largest) it is.
    """

    name: str
    kind: Kind
    about: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()
    of: Mapping[LabelValues, Detail] = field(factory=dict)
    of_sessions: str | None = None
    most: bool = False


def _of(actor: str, name: str) -> Mapping[LabelValues, Detail]:
    return {(): Detail(actor, name)}


def _each(actor: str, **names: str) -> Mapping[LabelValues, Detail]:
    """Return where each value of one label is read: label value, and name of the detail."""
    return {(value,): Detail(actor, name) for value, name in names.items()}


TURN_KINDS: Final = ("text", "audio", "image", "video", "multimodal", "sight", "due")

CATALOGUE: Final = (
    # ── turns: what a person notices
    Metric(
        "robi_turns_total",
        "counter",
        "Turns that are over. `sight`: the robot greeted, `due`: it was time for a timer.",
        ("kind", "outcome"),
    ),
    Metric("robi_turn_errors_total", "counter", "Turns that failed.", ("error_code",)),
    Metric(
        "robi_turn_emotion_seconds",
        "histogram",
        "From a complete utterance to the emotion of its answer.",
        ("kind",),
        PATIENCE,
    ),
    Metric(
        "robi_turn_first_text_seconds",
        "histogram",
        "From a complete utterance to the first text of its answer.",
        ("kind",),
        PATIENCE,
    ),
    Metric(
        "robi_turn_seconds",
        "histogram",
        "From a complete utterance until its whole answer is on its way.",
        ("kind",),
        PATIENCE,
    ),
    Metric(
        "robi_turn_recall_seconds",
        "histogram",
        "What a turn waited for the memory.",
        buckets=MOMENTS,
    ),
    Metric(
        "robi_interruption_close_seconds",
        "histogram",
        "From an interruption until the call to the model was closed.",
        buckets=MOMENTS,
    ),
    # ── the model
    Metric(
        "robi_model_queue_seconds",
        "histogram",
        "What a question of a turn waited for a place among the calls at once.",
        buckets=MOMENTS,
    ),
    Metric(
        "robi_model_first_chunk_seconds",
        "histogram",
        "From a question of a turn, once it had its place, to the first chunk; retries included.",
        buckets=PATIENCE,
    ),
    Metric(
        "robi_model_chunk_gap_seconds",
        "histogram",
        "Between one chunk of an answer and the next.",
        buckets=MOMENTS,
    ),
    Metric("robi_model_calls", "gauge", "Calls under way.", of=_of("brain", "calls")),
    Metric(
        "robi_model_waiting",
        "gauge",
        "Questions that wait for a place: of turns, and of what nobody waits for.",
        ("lane",),
        of=_each("brain", talk="waiting", background="waiting_background"),
    ),
    Metric(
        "robi_model_questions_total",
        "counter",
        "Questions that are over; `refused`: no place in time, `left`: whoever asked went away.",
        ("outcome",),
        of=_each(
            "brain",
            answered="answered",
            refused="refused",
            timed_out="timed_out",
            failed="failed",
            left="left",
        ),
    ),
    Metric(
        "robi_model_retries_total",
        "counter",
        "Attempts after the first.",
        of=_of("brain", "retried"),
    ),
    Metric(
        "robi_model_stalls_total",
        "counter",
        "Attempts that brought nothing in time.",
        of=_of("brain", "stalled"),
    ),
    Metric(
        "robi_model_tokens_total",
        "counter",
        "Tokens, as the service counts them.",
        ("purpose", "direction"),
    ),
    Metric(
        "robi_model_cost_total",
        "counter",
        "What they cost by PRICE_INPUT and PRICE_OUTPUT, in that currency.",
        ("purpose",),
    ),
    Metric(
        "robi_budget_used_ratio",
        "gauge",
        "Part of the day's limit that is used up; only where there is one.",
        of=_of("brain", "budget_used"),
    ),
    Metric(
        "robi_tool_calls_total",
        "counter",
        "Tools that were called; `none` is what a model has made up.",
        ("tool", "outcome"),
    ),
    Metric("robi_tool_seconds", "histogram", "How long a tool took.", buckets=PATIENCE),
    Metric("robi_tool_servers", "gauge", "Servers of tools.", of=_of("mcp", "servers")),
    Metric("robi_tools_offered", "gauge", "Tools that they offer now.", of=_of("mcp", "tools")),
    # ── robots
    Metric("robi_sessions", "gauge", "Sessions that live.", ("link",)),
    Metric("robi_sessions_limit", "gauge", "MAX_SESSIONS.", of=_of("sessions", "most")),
    Metric("robi_sessions_answering", "gauge", "Sessions in which a turn has the floor."),
    Metric(
        "robi_session_arrivals_total",
        "counter",
        "Robots that came to a session. `resumed`: missed nothing, `lost_place`: too much; "
        "`continued`: did not say where they were, `remembered`: to one from before a restart.",
        ("how",),
    ),
    Metric(
        "robi_replayed_messages_total",
        "counter",
        "Messages said again to robots that came back.",
    ),
    Metric(
        "robi_outbox_messages",
        "gauge",
        "Messages that wait for their robots, in all.",
        of_sessions="outbox",
    ),
    Metric(
        "robi_outbox_longest_messages",
        "gauge",
        "Messages that wait for the slowest robot.",
        of_sessions="outbox",
        most=True,
    ),
    Metric(
        "robi_replay_messages",
        "gauge",
        "Messages kept for robots that come back, in all.",
        of_sessions="kept",
    ),
    Metric(
        "robi_audio_buffered_bytes",
        "gauge",
        "Sound of utterances that are not complete yet.",
        of_sessions="audio_bytes",
    ),
    Metric(
        "robi_reminders",
        "gauge",
        "Timers and reminders of sessions that live.",
        of_sessions="reminders",
    ),
    Metric("robi_connections", "gauge", "Connections.", of=_of("listener", "connections")),
    Metric("robi_links", "gauge", "Links.", of=_of("listener", "links")),
    Metric(
        "robi_connections_unauthenticated",
        "gauge",
        "Connections that have shown no key.",
        of=_of("listener", "unauthenticated"),
    ),
    Metric(
        "robi_connections_accepted_total",
        "counter",
        "Connections that were accepted.",
        of=_of("listener", "accepted"),
    ),
    Metric(
        "robi_connections_pushed_out_total",
        "counter",
        "Connections closed for newer ones, before they had shown a key.",
        of=_of("listener", "pushed_out"),
    ),
    Metric(
        "robi_connections_crashed_total",
        "counter",
        "Connections ended by a mistake of ours.",
        of=_of("listener", "crashed"),
    ),
    Metric(
        "robi_links_closed_total",
        "counter",
        "Links that ended, by close code: 1000 left for good, 1006 lost, 4409 taken over.",
        ("code",),
    ),
    Metric("robi_links_refused_total", "counter", "Links not let in.", ("error_code",)),
    Metric("robi_links_silent_total", "counter", "Links dropped, since no ping was answered."),
    # ── the store and the memory
    Metric(
        "robi_store_commit_seconds",
        "histogram",
        "What a commit took, with the waits for a disk that refused it.",
        buckets=MOMENTS,
    ),
    Metric("robi_store_commit_writes", "histogram", "Writes of a commit.", buckets=SIZES),
    Metric(
        "robi_store_lag_seconds",
        "histogram",
        "How long the oldest write of a commit may have waited until it was on the disk, at most.",
        buckets=MOMENTS,
    ),
    Metric(
        "robi_store_writes_total",
        "counter",
        "Writes that are done. `rejected` can never be written, `refused` named someone forgotten.",
        ("outcome",),
        of=_each("store", written="written", rejected="rejected", refused="refused"),
    ),
    Metric("robi_store_erasures_total", "counter", "Erasures.", of=_of("store", "erased")),
    Metric(
        "robi_store_writes_in_hand",
        "gauge",
        "Writes in the batch that is being committed.",
        of=_of("store", "in_hand"),
    ),
    Metric(
        "robi_store_reads_waiting",
        "gauge",
        "Questions to the store that wait.",
        of=_of("store", "reads_waiting"),
    ),
    Metric(
        "robi_session_writes_shed_total",
        "counter",
        "Writes of sessions given up, since the store was full.",
    ),
    Metric(
        "robi_memory_waiting",
        "gauge",
        "What waits to be kept, and turns that wait to be learned from.",
        ("queue",),
        of=_each("memory", keep="backlog", learn="unlearned"),
    ),
    Metric(
        "robi_memory_kept_total", "counter", "What the memory has kept.", of=_of("memory", "kept")
    ),
    Metric(
        "robi_memory_shed_total",
        "counter",
        "Sightings and turns given up, since too many waited.",
        of=_of("memory", "shed"),
    ),
    Metric(
        "robi_memory_given_up_total",
        "counter",
        "Turns that the model never made sense of.",
        of=_of("memory", "given_up"),
    ),
    Metric(
        "robi_memory_recalls_missed_total",
        "counter",
        "Turns answered without memory, since that was late.",
        of=_of("memory", "recalls_missed"),
    ),
    Metric(
        "robi_private_refused_total",
        "counter",
        "What the privacy gate did not let pass, by class.",
        ("class",),
    ),
    # ── files
    Metric("robi_media_files", "gauge", "Files kept.", of=_of("janitor", "files")),
    Metric("robi_media_bytes", "gauge", "Their size.", of=_of("janitor", "bytes")),
    Metric(
        "robi_media_waiting_bytes",
        "gauge",
        "Media that wait to be kept.",
        of=_of("janitor", "waiting_bytes"),
    ),
    Metric("robi_media_kept_total", "counter", "Files kept so far.", of=_of("janitor", "kept")),
    Metric(
        "robi_media_removed_total", "counter", "Files removed so far.", of=_of("janitor", "removed")
    ),
    Metric(
        "robi_media_shed_total",
        "counter",
        "Media not kept, since too many waited.",
        of=_of("janitor", "shed"),
    ),
    # ── the house
    Metric("robi_actor_running", "gauge", "1: the actor is ready, 0: it is not.", ("actor",)),
    Metric("robi_actor_degraded", "gauge", "1: the actor says that it is not well.", ("actor",)),
    Metric("robi_actor_restarts_total", "counter", "Lives after the first.", ("actor",)),
    Metric("robi_actor_crashes_total", "counter", "Crashes; sessions together.", ("actor",)),
    Metric(
        "robi_mailbox_messages",
        "gauge",
        "Messages that wait in the mailbox; sessions together.",
        ("actor",),
    ),
    Metric("robi_mailbox_limit", "gauge", "Messages that may wait there.", ("actor",)),
    Metric(
        "robi_mailbox_putters_waiting",
        "gauge",
        "Who waits for room in the mailbox; sessions together.",
        ("actor",),
    ),
    Metric(
        "robi_draining",
        "gauge",
        "1: the server is on its way down.",
        of=_of("sessions", "draining"),
    ),
    Metric(
        "robi_loop_lateness_seconds",
        "histogram",
        "How late the clock beat, four times a second: what whoever was due waited for the loop.",
        buckets=MOMENTS,
    ),
    Metric(
        "robi_ticks_skipped_total",
        "counter",
        "Beats of the clock that were slept through.",
        of=_of("ticker", "skipped"),
    ),
    Metric(
        "robi_certificate_not_after_timestamp_seconds",
        "gauge",
        "When the certificate ends, in Unix time; left out if none is watched.",
        of=_of("certificate", "not_after"),
    ),
    Metric("robi_tasks", "gauge", "Tasks of trio."),
    Metric("robi_uptime_seconds", "gauge", "Since the start."),
    Metric("robi_info", "gauge", "Always 1.", ("version", "python", "model")),
)

BY_NAME: Final = {metric.name: metric for metric in CATALOGUE}


def markdown() -> str:
    """Return the table: name, labels, kind, what it is."""
    lines = ["| metric | labels | kind | what |", "|---|---|---|---|"]
    for metric in CATALOGUE:
        labels = ", ".join(f"`{label}`" for label in metric.labels) or "-"
        lines.append(f"| `{metric.name}` | {labels} | {metric.kind} | {metric.about} |")
    return "\n".join(lines) + "\n"
