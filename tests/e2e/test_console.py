"""The console in a real browser: as a newcomer meets it, after `./dev serve` and nothing else."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.e2e.browser import needs_chromium, serving, visiting
from tests.web.console.test_weight import MOST

pytestmark = needs_chromium

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 844, "height": 390}
"""In landscape."""


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_first_visit_loads_from_its_server_alone_and_nothing_goes_wrong(
    tmp_path: Path, viewport: dict[str, int]
) -> None:
    with serving(tmp_path) as url, visiting(viewport=viewport) as visit:
        visit.page.goto(url, wait_until="networkidle")
        assert visit.page.title() == "Robi"
        assert visit.troubles == []
        assert visit.hosts == {urlsplit(url).netloc}
        assert {answer.status for answer in visit.answers} == {200}


def test_first_visit_weighs_less_than_300_kb(tmp_path: Path) -> None:
    with serving(tmp_path) as url, visiting() as visit:
        visit.page.goto(url, wait_until="networkidle")
        sizes = [request.sizes() for request in visit.asked]
    total = sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)
    assert 10_000 < total < MOST, f"{len(sizes)} answers, {total:,} bytes"


def test_second_visit_is_told_that_nothing_has_changed(tmp_path: Path) -> None:
    with serving(tmp_path) as url, visiting() as visit:
        visit.page.goto(url, wait_until="networkidle")
        visit.answers.clear()
        visit.page.reload(wait_until="networkidle")
        modules = [a.status for a in visit.answers if a.url.endswith(".js")]
    assert set(modules) == {304}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_first_visit_keeps_nobody_out(tmp_path: Path, scheme: str) -> None:
    with serving(tmp_path) as url, visiting(color_scheme=scheme) as visit:
        visit.page.goto(url, wait_until="networkidle")
        assert visit.barriers() == []
