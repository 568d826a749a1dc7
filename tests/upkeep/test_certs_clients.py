"""Certificates, pins and QR codes as the programs of others see them.

With `ROBI_LONG=1`, and what of these is installed: openssl, keytool, a JDK with OkHttp
(`libokhttp-java`), Chromium, zbarimg (`zbar-tools`). They take some seconds each.
"""

import os
import re
import shutil
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Error, sync_playwright

from robi.config import Settings
from robi.upkeep import certs_making
from robi.upkeep.certs import Fingerprint
from robi.upkeep.certs_making import Made
from robi.upkeep.certs_qr import Invitation, half_blocks, svg
from tests.e2e.browser import CHROMIUM

LONG = os.environ.get("ROBI_LONG") == "1"
pytestmark = pytest.mark.skipif(not LONG, reason="asks programs of others: ROBI_LONG=1")

JARS = [Path("/usr/share/java") / f"{name}.jar" for name in ("okhttp", "okio")]
NAMES = ("127.0.0.1", "robi.local")
OTHER_PIN = Fingerprint(bytes(32)).pin


def needs(*programs: str) -> pytest.MarkDecorator:
    lacking = [program for program in programs if shutil.which(program) is None]
    return pytest.mark.skipif(bool(lacking), reason=f"needs {', '.join(lacking)}")


needs_okhttp = pytest.mark.skipif(
    not all(jar.exists() for jar in JARS) or shutil.which("javac") is None,
    reason="needs a JDK and libokhttp-java",
)


def output(*command: str | Path, data: bytes | None = None) -> str:
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout.decode()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def made(settings: Settings) -> Made:
    return certs_making.make(settings, NAMES, 825, datetime.now(UTC))


SERVER = """
import http.server, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
    def log_message(self, *_):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
print(server.server_port, flush=True)
server.serve_forever()
"""


@contextmanager
def answering(made: Made) -> Iterator[str]:
    """Answer every request with 200, over TLS with that certificate; give the URL."""
    command = [sys.executable, "-c", SERVER, str(made.path), str(made.key_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        try:
            yield f"https://127.0.0.1:{int(process.stdout.readline())}/"
        finally:
            process.kill()


@needs("openssl")
def test_openssl_sees_the_same_hashes_and_trusts_it_for_its_address(made: Made) -> None:
    certificate = made.certificate
    whole = output("openssl", "x509", "-in", made.path, "-noout", "-fingerprint", "-sha256")
    assert whole.strip().rpartition("=")[2] == certificate.whole.hex
    public = output("openssl", "x509", "-in", made.path, "-noout", "-pubkey")
    der = b64decode("".join(public.splitlines()[1:-1]))
    digest = output("openssl", "dgst", "-sha256", "-r", data=der).split()[0]
    assert digest == certificate.public_key.digest.hex()
    verify = ("openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", made.path)
    assert output(*verify, "-verify_ip", "127.0.0.1", made.path).endswith("OK\n")


@needs("keytool")
def test_keytool_sees_the_same_fingerprint(made: Made) -> None:
    told = output("keytool", "-J-Duser.language=en", "-printcert", "-file", made.path)
    assert f"SHA256: {made.certificate.whole.hex}" in told
    assert "IPAddress: 127.0.0.1" in told


@pytest.fixture
def okhttp(tmp_path: Path) -> list[str]:
    """Build the app; the command that runs it."""
    path = os.pathsep.join(map(str, [*JARS, tmp_path]))
    source = Path(__file__).with_name("PinnedGet.java")
    output("javac", "-cp", path, "-d", tmp_path, source)
    return ["java", "-cp", path, "PinnedGet"]


def outcome(app: list[str], url: str, anchor: Path, pin: str) -> str:
    done = subprocess.run([*app, url, anchor, pin], capture_output=True, text=True, check=False)
    return done.stdout.strip() or next(iter(re.findall(r"\w+Exception", done.stderr)), done.stderr)


@needs_okhttp
def test_okhttp_takes_the_pin_and_no_other_and_after_a_renewal_the_same(
    settings: Settings, made: Made, okhttp: list[str]
) -> None:
    pin = made.certificate.public_key.pin
    with answering(made) as url:
        assert outcome(okhttp, url, made.path, pin) == "200"
        assert outcome(okhttp, url, made.path, OTHER_PIN) == "SSLPeerUnverifiedException"
    renewed = certs_making.make(settings, (), 400, datetime.now(UTC))
    with answering(renewed) as url:
        assert outcome(okhttp, url, renewed.path, pin) == "200"
    another = certs_making.make(settings, (), 400, datetime.now(UTC), new_key=True)
    with answering(another) as url:
        assert outcome(okhttp, url, another.path, pin) == "SSLPeerUnverifiedException"


@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")
@pytest.mark.parametrize("right", [True, False])
def test_chromium_takes_the_certificate_by_the_hash_of_its_key_only(
    made: Made, tmp_path: Path, right: bool
) -> None:
    known = made.certificate.public_key.base64 if right else Fingerprint(bytes(32)).base64
    flags = [f"--ignore-certificate-errors-spki-list={known}", "--disable-dev-shm-usage"]
    with answering(made) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            tmp_path / "profile",
            executable_path=CHROMIUM,
            chromium_sandbox=os.geteuid() != 0,
            args=flags,
        )
        page = browser.new_page()
        if right:
            answer = page.goto(url)
            assert answer is not None
            assert answer.status == 200
        else:
            with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
                page.goto(url)
        browser.close()


def pixels(lines: list[str], scale: int = 4) -> bytes:
    """Draw half blocks as a terminal does, as a PGM."""
    rows = [[block in halves for block in line] for line in lines for halves in ("▀█", "▄█")]
    wide = [[255 * (not dark) for dark in row for _ in range(scale)] for row in rows]
    tall = bytes(value for row in wide for _ in range(scale) for value in row)
    return f"P5 {len(wide[0])} {len(wide) * scale} 255\n".encode() + tall


@needs("zbarimg")
def test_qr_code_of_the_terminal_is_read_by_a_scanner(made: Made, tmp_path: Path) -> None:
    uri = Invitation("192.168.1.20:9393", made.certificate.public_key, "k" * 43).uri
    picture = tmp_path / "code.pgm"
    picture.write_bytes(pixels(list(half_blocks(uri, coloured=False))))
    assert output("zbarimg", "--quiet", "--raw", picture) == f"{uri}\n"


@needs("zbarimg", "rsvg-convert")
def test_qr_code_as_svg_is_read_by_a_scanner(made: Made, tmp_path: Path) -> None:
    uri = Invitation("[fd00::1]:9393", made.certificate.public_key, "k/+&=").uri
    drawing, picture = tmp_path / "code.svg", tmp_path / "code.png"
    drawing.write_bytes(svg(uri))
    output("rsvg-convert", "-o", picture, drawing)
    assert output("zbarimg", "--quiet", "--raw", picture) == f"{uri}\n"
