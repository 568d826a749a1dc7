"""The checker of the order within a turn: what it lets through, and which rule it names."""

import pytest

from robi.protocol import messages as m
from robi.protocol.order import OrderChecker, OrderViolation

EMOTION = m.Emotion("r", "happy")
HELLO, WORLD = m.TextChunk("r", "Hola, "), m.TextChunk("r", "mundo.")
CAPTURE = m.CaptureRequest("r", "photo")
REGISTERED = m.PersonRegistered("r", "ana_1", "Ana")
FACE = m.Expression(("1F600",), "fade")
META = m.ResponseMeta("r", "Hola, mundo.", FACE)
SILENT = m.ResponseMeta("r", "", FACE)
END = m.StreamEnd("r", 5)
CUT = m.StreamEnd("r", 5, interrupted=True)
WHOLE = (EMOTION, HELLO, WORLD, META, END)


def error(request_id: str | None) -> m.ErrorReport:
    return m.ErrorReport("SERVER_BUSY", 8006, "Un momento.", True, "now", request_id=request_id)


def feed(messages: tuple[m.ServerMessage, ...]) -> OrderChecker:
    checker = OrderChecker()
    for message in messages:
        checker.feed(message)
    return checker


@pytest.mark.parametrize(
    "messages",
    [
        (),
        WHOLE,
        (EMOTION, SILENT, END),
        (EMOTION, HELLO, REGISTERED, WORLD, CAPTURE, META, END),
        (CUT,),
        (EMOTION, CUT),
        (EMOTION, HELLO, CUT),
        (EMOTION, HELLO, WORLD, META, CUT),
        (error("r"),),
        (EMOTION, HELLO, error("r")),
        (EMOTION, HELLO, WORLD, CAPTURE, META, END, *WHOLE),
        (EMOTION, HELLO, WORLD, CAPTURE, META, END, error("r"), *WHOLE),
        (*WHOLE, m.Emotion("s", "sad"), m.StreamEnd("s", 1, interrupted=True)),
        (EMOTION, error(None), HELLO, error("other"), WORLD, META, END),
        (EMOTION, m.FaceScanActions("x", ()), m.LowBatteryAlert("y", 5, "phone"), CUT),
    ],
)
def test_finish_after_messages_in_order_is_content(messages: tuple[m.ServerMessage, ...]) -> None:
    feed(messages).finish()


@pytest.mark.parametrize(
    ("invariant", "messages"),
    [
        (1, (HELLO,)),
        (1, (REGISTERED,)),
        (1, (EMOTION, EMOTION)),
        (1, (EMOTION, HELLO, EMOTION)),
        (1, (END,)),
        (2, (EMOTION, HELLO, META)),
        (2, (EMOTION, WORLD, HELLO, META)),
        (2, (EMOTION, HELLO, SILENT)),
        (3, (EMOTION, CAPTURE, CAPTURE)),
        (3, (EMOTION, CAPTURE, HELLO)),
        (4, (EMOTION, END)),
        (4, (EMOTION, SILENT, SILENT)),
        (4, (EMOTION, SILENT, HELLO)),
        (4, (EMOTION, SILENT, CAPTURE)),
        (4, (EMOTION, SILENT, REGISTERED)),
        (6, (*WHOLE, END)),
        (6, (*WHOLE, EMOTION)),
        (6, (*WHOLE, error("r"))),
        (6, (error("r"), EMOTION)),
        (6, (EMOTION, m.TextChunk("s", "a"))),
        (6, (EMOTION, m.StreamEnd("s", 5, interrupted=True))),
        (6, (EMOTION, CAPTURE, SILENT, END, EMOTION, SILENT, END, EMOTION)),
    ],
)
def test_feed_of_messages_out_of_order_names_the_invariant(
    invariant: int, messages: tuple[m.ServerMessage, ...]
) -> None:
    checker = feed(messages[:-1])
    with pytest.raises(OrderViolation) as caught:
        checker.feed(messages[-1])
    assert caught.value.invariant == invariant


def test_finish_of_a_turn_without_its_terminal_message_names_the_fifth() -> None:
    checker = feed((EMOTION, HELLO))
    with pytest.raises(OrderViolation) as caught:
        checker.finish()
    assert caught.value.invariant == 5


def test_feed_of_a_second_turn_after_the_client_has_repeated_itself_is_content() -> None:
    checker = OrderChecker()
    checker.say_again("r")
    for message in (*WHOLE, *WHOLE):
        checker.feed(message)
    with pytest.raises(OrderViolation, match="6"):
        checker.feed(EMOTION)
