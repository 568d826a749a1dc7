"""Claims: the first session that takes a reminder has it, until nobody heard of it."""

from robi.actors.claims import MOST, Claims


def test_claim_of_one_session_keeps_the_others_out() -> None:
    claims = Claims()
    assert claims.allow("r1", "a")
    claims.take("r1", "a")
    assert (claims.allow("r1", "a"), claims.allow("r1", "b")) == (True, False)
    assert claims.allow("r2", "b")


def test_claim_that_is_released_is_anybodys() -> None:
    claims = Claims()
    claims.take("r1", "a")
    claims.release("r1")
    claims.release("r2")
    assert claims.allow("r1", "b")


def test_claims_of_one_process_are_decided_at_once() -> None:
    claims = Claims()
    assert claims.may_speak("r1", "a", lambda: None)
    claims.take("r1", "a")
    assert not claims.may_speak("r1", "b", lambda: None)
    assert claims.taken == {"r1": "a"}


def test_claims_are_bounded_and_the_oldest_go() -> None:
    claims = Claims()
    for number in range(MOST + 1):
        claims.take(f"r{number}", "a")
    assert (claims.allow("r0", "b"), claims.allow("r1", "b")) == (True, False)
