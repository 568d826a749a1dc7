"""The running tree, as a person in a terminal sees it."""

import orjson
import pytest

from robi import drawing
from robi.drawing import Node

TREE = Node(
    "robi",
    "running",
    uptime_s=90_061,
    children=(
        Node("store", "running", restarts=2, uptime_s=59, mailbox_depth=3, mailbox_bound=64),
        Node(
            "sessions",
            "running",
            uptime_s=3_700,
            details={"parked": 1},
            children=(Node("session/a", "starting", uptime_s=61),),
        ),
        Node("listener", "waiting"),
    ),
)


def test_drawing_shows_branches_and_columns() -> None:
    assert drawing.draw(TREE) == (
        "                 state     restarts  mailbox  up\n"
        "robi             running   0                  1 d 1 h\n"
        "├─ store         running   2         3/64     59 s\n"
        "├─ sessions      running   0                  1 h 1 min  parked=1\n"
        "│  └─ session/a  starting  0                  1 min 1 s\n"
        "└─ listener      waiting   0\n"
    )


@pytest.mark.parametrize(("narrow", "shown"), [(True, 55), (False, 200)])
def test_drawing_of_long_details_is_cut_where_it_must_be_narrow(narrow: bool, shown: int) -> None:
    lines = drawing.draw(Node("robi", details={"note": "x" * 200}), narrow=narrow).splitlines()
    assert lines[1].count("x") == shown


def test_tree_read_from_an_answer_ignores_what_it_does_not_know() -> None:
    body = orjson.dumps({"name": "robi", "new": 1, "children": [{"name": "a", "restart": None}]})
    assert drawing.read(body) == Node("robi", children=(Node("a"),))


@pytest.mark.parametrize(
    "body", [b"<html>", b"[]", b'{"children": []}', b'{"name": "a", "children": 3}']
)
def test_tree_read_from_anything_else_raises(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        drawing.read(body)
