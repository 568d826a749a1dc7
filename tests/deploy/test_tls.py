"""What testssl.sh finds in Caddy's TLS: nothing above low, but for what is judged here.

ROBI_LONG=1 ./dev test tests/deploy/test_tls.py     # three minutes; apt install testssl.sh
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.deploy.caddy import in_front_of, needs_caddy
from tests.e2e.browser import serving

TESTSSL = shutil.which("testssl") or shutil.which("testssl.sh") or ""
pytestmark = [
    needs_caddy,
    pytest.mark.skipif(os.environ.get("ROBI_LONG") != "1", reason="takes minutes: ROBI_LONG=1"),
    pytest.mark.skipif(not TESTSSL, reason="needs testssl.sh (apt install testssl.sh)"),
]

JUDGED = {
    "cert_revocation": "who vouches for itself cannot be revoked: a new pin does that",
    "BREACH": "only files of the page are compressed, the same for all; no answer of the API is",
}


def test_testssl_finds_nothing_above_low(tmp_path: Path) -> None:
    (tmp_path / "robi").mkdir()
    found = tmp_path / "found.json"
    with (
        serving(tmp_path / "robi") as url,
        in_front_of(httpx.URL(url).netloc.decode(), tmp_path / "caddy") as front,
    ):
        options = ("--quiet", "--warnings", "off", "--add-ca", os.fspath(front.anchor))
        command = [TESTSSL, *options, "--jsonfile", os.fspath(found), front.url]
        subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    findings = json.loads(found.read_text(encoding="utf-8"))
    assert len(findings) > 100, "it has not come to its end"
    grave = [f for f in findings if f["severity"] in {"MEDIUM", "HIGH", "CRITICAL"}]
    assert [f for f in grave if f["id"] not in JUDGED] == []
