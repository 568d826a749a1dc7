"""Reading Autobahn's report."""

from tools.autobahn import count, failures


def case(behavior: str, close: str = "OK") -> dict[str, str]:
    return {"behavior": behavior, "behaviorClose": close}


def test_report_counts_how_cases_ended() -> None:
    report = {"1": case("OK"), "2": case("OK"), "3": case("NON-STRICT")}
    assert count(report) == {"OK": 2, "NON-STRICT": 1}


def test_report_of_fine_cases_has_no_failures() -> None:
    assert failures({"1": case("INFORMATIONAL", "INFORMATIONAL"), "2": case("NON-STRICT")}) == []


def test_report_names_what_failed_in_itself_or_in_closing() -> None:
    report = {"1": case("FAILED"), "2": case("OK", "WRONG CODE"), "3": case("OK")}
    assert failures(report) == ["1: FAILED, close OK", "2: OK, close WRONG CODE"]
