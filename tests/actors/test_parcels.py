"""What may travel between processes, and what may not."""

import os
import pickle
from types import MappingProxyType

import pytest

from robi.actors.errors import ActorDied
from robi.actors.mail import Forgot
from robi.actors.memory_mail import Forget, Heard, Recall, Removed
from robi.actors.parcels import ParcelRefused, pack, unpack
from robi.errors import DiskFull, ServerBusy
from robi.speech.pieces import MemoryNote
from robi.store.base import (
    AppendHistory,
    ErasePerson,
    HistoryRow,
    Person,
    Receipt,
    SavePerson,
    WriteRejected,
)
from robi.store.sqlite import SqliteStore

VALUES = [
    AppendHistory(HistoryRow("s", 1, "user_ana", "person", "hola", 1.0, "r")),
    SavePerson(Person("user_ana", "Ana", 1.0, preferences={"music": "jazz"})),
    Heard("user_ana", "s", "r", "hola", (MemoryNote("fact", "likes tea"),), None, 1.0),
    Recall("user_ana", "té"),
    Forget(ErasePerson("user_ana", 2.0)),
    Removed(Receipt(memories=2, files=("a", "b"))),
    MappingProxyType({"a": 1}),
    frozenset({1, 2}),
    (None, True, 1.5, "ñ", b"\x00", [1], {"a": {2}}),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_value_that_travelled_is_equal(value: object) -> None:
    assert unpack(pack(value)) == value


def test_forgot_that_travelled_knows_what_it_concerns() -> None:
    forgot: Forgot = unpack(pack(Forgot("user_ana", about=("le gusta el té verde",))))
    assert forgot.concerns("user_ana", "s", "r", "a Ana le gusta el té verde")
    assert not forgot.concerns("user_ana", "s", "r", "a Ana le gusta el café")


def test_mapping_that_travelled_cannot_be_changed() -> None:
    person: Person = unpack(pack(Person("user_ana", "Ana", 1.0, preferences={"music": "jazz"})))
    assert isinstance(person.preferences, MappingProxyType)


def test_error_that_travelled_has_its_code_and_its_details() -> None:
    busy = unpack(pack(ServerBusy("no place", retry_after=3)))
    assert (type(busy), busy.code, busy.details, busy.retry_after) == (
        ServerBusy,
        ServerBusy.code,
        "no place",
        3,
    )
    rejected = unpack(pack(WriteRejected(2, "no such person")))
    assert (rejected.position, rejected.reason) == (2, "no such person")
    assert unpack(pack(ActorDied("memory"))).details == "memory"
    assert unpack(pack(DiskFull())).details is None


@pytest.mark.parametrize("thing", [os.system, eval, SqliteStore, pickle.loads, print])
def test_bytes_that_name_anything_else_are_refused(thing: object) -> None:
    with pytest.raises(ParcelRefused):
        unpack(pickle.dumps(thing))
