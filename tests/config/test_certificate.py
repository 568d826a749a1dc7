"""When the certificate ends: read from the file, and how long before it is told."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from robi.config import Settings
from robi.config.certificate import CertificateUnusable, State, not_after, path_of, state, watched
from tests.certificates import NOW, certificate, pem

MOMENTS = st.datetimes(datetime(1951, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis adds it
DAY_S = 86_400


@given(MOMENTS)
@settings(max_examples=50, deadline=None)
def test_end_of_any_certificate_is_read_as_cryptography_reads_it(moment: datetime) -> None:
    made = certificate(moment)
    assert not_after(made.public_bytes(Encoding.DER)) == made.not_valid_after_utc.timestamp()


def test_certificate_that_is_cut_anywhere_is_none() -> None:
    der = certificate(NOW).public_bytes(Encoding.DER)
    for length in range(len(der)):
        with pytest.raises((ValueError, IndexError)):
            not_after(der[:length])


@given(st.binary(max_size=200))
def test_bytes_that_are_no_certificate_are_refused(noise: bytes) -> None:
    with pytest.raises((ValueError, IndexError)):
        not_after(noise)


def test_chain_ends_with_the_first_of_it_to_end(tmp_path: Path) -> None:
    path = tmp_path / "chain.pem"
    soon = NOW + timedelta(days=3)
    path.write_bytes(pem(NOW + timedelta(days=90)) + b"words between\n" + pem(soon))
    assert watched(path).not_after == soon.timestamp()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "holds no certificate"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "is damaged"),
        (b"-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----\n", "is damaged"),
    ],
)
def test_file_without_a_certificate_says_so(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "robi.pem"
    path.write_bytes(content)
    with pytest.raises(CertificateUnusable) as caught:
        watched(path)
    assert words in str(caught.value.details)


def test_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(CertificateUnusable) as caught:
        watched(tmp_path / "robi.pem")
    assert "No such file" in str(caught.value.details)


@pytest.mark.parametrize(
    ("left_s", "expected"),
    [
        (30 * DAY_S, "valid"),
        (30 * DAY_S - 1, "expiring"),
        (0, "expiring"),
        (-1, "expired"),
    ],
)
def test_state_warns_within_thirty_days(left_s: float, expected: State) -> None:
    assert state(NOW.timestamp() + left_s, NOW.timestamp()) == expected


def test_certificate_that_is_watched_is_the_one_named_or_ours_if_it_is_there(
    tmp_path: Path,
) -> None:
    other, ours = tmp_path / "other.pem", tmp_path / "certs" / "robi.pem"
    unnamed, named = Settings(data_dir=tmp_path), Settings(data_dir=tmp_path, tls_cert_file=other)
    assert path_of(unnamed) is None
    ours.parent.mkdir()
    ours.touch()
    assert (path_of(unnamed), path_of(named)) == (ours, other)
