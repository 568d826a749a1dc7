"""The exchanges that docs/robot-app.md shows: every message, in order, and told without secrets."""

import json
import logging
from typing import get_args

import structlog

from robi.protocol.codec import decode_server, decode_text
from robi.protocol.messages import Audio, ClientMessage, ServerMessage
from robi.protocol.order import OrderChecker
from tools.exchanges import FROM_SERVER, TO_SERVER, UNKNOWN, Said, line, markdown, played, shown


async def test_exchanges_show_every_message_of_the_protocol_and_keep_its_order() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    said = await played()
    structlog.reset_defaults()
    robots, servers = set[type](), set[type]()
    for exchange in said:
        order = OrderChecker()
        for one in exchange:
            wire = json.dumps(one.message)
            if one.way == FROM_SERVER and one.message:
                message = decode_server(wire).message
                servers.add(type(message))
                order.feed(message)
            elif one.way == TO_SERVER and one.message.get("type", UNKNOWN) != UNKNOWN:
                robots.add(type(decode_text(wire).message))
        order.finish()
    assert robots == set(get_args(ClientMessage)) - {Audio}
    assert servers == set(get_args(ServerMessage))
    page = markdown(said)
    assert page.count('"type": "auth_ok"') == len(("the first link", "the resumption"))
    assert all(f"`{name}` | server" in page for name in ("user_registered", "person_registered"))
    assert UNKNOWN in page
    assert f"`{UNKNOWN}` |" not in page


def test_what_is_never_the_same_is_shown_by_examples() -> None:
    message = {"user_id": "user_eva_000000", "seq": 7, "data": "a" * 1000, "processing_time_ms": 3}
    assert shown(message) == {
        "user_id": "user_ana_1f3c9a",
        "seq": 7,
        "data": "aaaaaaaaaaaa…",
        "processing_time_ms": 1240,
    }
    assert shown({"user_id": "unknown"}) == {"user_id": "unknown"}


def test_long_message_goes_over_lines_that_are_indented() -> None:
    long = line(Said(TO_SERVER, {f"field_{n}": "value" for n in range(9)}))
    first, *others = long.splitlines()
    assert first.startswith('→ {"field_0": "value"')
    assert others
    assert all(other.startswith("    ") for other in others)
    assert line(Said(FROM_SERVER, note="close 1008")) == "← close 1008"
