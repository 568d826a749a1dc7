"""To another machine, as docs/operating.md says: what is in DATA_DIR is all there is to bring."""

import shutil
from base64 import b64encode
from pathlib import Path

import httpx
import pytest

from robi import cli
from robi.upkeep.certs import read_file
from tests.e2e.processes import KEY, Process, serving

ANA = "user_ana_1f3c9a"
FACE = {"user_id": ANA, "name": "Ana", "embedding": b64encode(bytes(512)).decode()}
TEA = {"content": "le gusta el té de menta", "type": "preference"}
NOBODY = "http://127.0.0.1:9"
"""Where no model is."""


def app(server: Process, key: str) -> httpx.AsyncClient:
    url = f"http://127.0.0.1:{server.port}/api/"
    return httpx.AsyncClient(base_url=url, headers={"X-API-Key": key}, trust_env=False)


async def test_folder_that_is_brought_along_has_people_keys_and_pins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    monkeypatch.setenv("DATA_DIR", str(old))
    async with serving(old, NOBODY) as server:
        async with app(server, KEY) as phone:
            assert (await phone.post("face/register", json=FACE)).is_success
            assert (await phone.post(f"users/{ANA}/memory", json=TEA)).is_success
        assert await server.terminate() == 0
    assert cli.main(["keys", "add", "ana-phone"]) == 0
    key = capsys.readouterr().out.strip()
    assert cli.main(["certs", "make", "--name", "192.168.1.20"]) == 0

    shutil.copytree(old, new)
    monkeypatch.setenv("DATA_DIR", str(new))
    async with serving(new, NOBODY) as server, app(server, key) as phone:
        assert (await phone.get(f"users/{ANA}")).json()["name"] == "Ana"
        memories = (await phone.get(f"users/{ANA}/memory")).json()["memories"]
    assert [memory["content"] for memory in memories] == [TEA["content"]]
    assert cli.main(["certs", "make", "--name", "192.168.1.30"]) == 0
    before, after = (read_file(folder / "certs" / "robi.pem") for folder in (old, new))
    assert before.public_key == after.public_key
    assert "192.168.1.30" in after.names
