"""A person's belongings in every table, for tests of what is left of them."""

from robi.store.base import (
    AddEmbedding,
    AddEvent,
    AddInteraction,
    AddMedia,
    AddMemory,
    AddReminder,
    AppendHistory,
    Embedding,
    EventRow,
    HistoryRow,
    InteractionRow,
    MediaRow,
    Memory,
    Person,
    ReminderRow,
    SavePerson,
    SaveSession,
    SessionRow,
    StrengthenMemory,
    Write,
)


def in_every_table(person_id: str, word: str, session_id: str) -> list[Write]:
    """Return writes that put `word` wherever words of a person go, in one turn `r1` and outside."""
    person = Person(person_id, f"Name{word}", 1.0, preferences={"drink": f"pref{word}"})
    memory = Memory(
        f"id{word}",
        person_id,
        "fact",
        f"memory{word}",
        7,
        1.0,
        subject=f"subject{word}",
        slot=f"slot{word}",
        session_id=session_id,
        request_id="r1",
    )
    turn = InteractionRow(
        session_id, "r1", person_id, "audio", f"summary{word}", f"emotion{word}", "answered", 1.0,
        None, 5,
    )  # fmt: skip
    return [
        SavePerson(person),
        AddEmbedding(Embedding(person_id, f"face{word}".encode() * 40, 1.0)),
        AddMemory(memory),
        StrengthenMemory(f"id{word}", 7, f"again{word}", "r7"),
        SaveSession(SessionRow(session_id, None, person_id, 1.0, 1.0)),
        AppendHistory(
            HistoryRow(session_id, 0, person_id, "person", f"old{word}", 1.0, "r0", 0, 1)
        ),
        AppendHistory(HistoryRow(session_id, 1, person_id, "person", f"said{word}", 1.0, "r1")),
        AppendHistory(HistoryRow(session_id, 2, person_id, "robot", f"heard{word}", 1.0, "r1")),
        AppendHistory(HistoryRow(session_id, 3, person_id, "person", f"later{word}", 1.0, "r2")),
        AddInteraction(turn),
        AddMedia(
            MediaRow(f"{word}.jpg", person_id, session_id, "r1", "image", "image/x", 1, 1.0, 9.0)
        ),
        AddEvent(EventRow(f"event{word}", "smile", 1.0, person_id, None, {"what": f"ev{word}"})),
        AddReminder(
            ReminderRow(
                f"timer{word}", person_id, None, session_id, "r1", "timer", f"tea{word}", 9.0, 1.0
            )
        ),
    ]
