"""Asking a range service that may be slow, broken or hostile."""

from __future__ import annotations

import datetime as dt
import logging
import socket
import ssl
import threading
import time
from http.client import HTTPConnection

import pytest

from erp.access.passwords import ranges
from erp.access.passwords.ranges import PAUSE, PAUSE_KEY, has_leaked
from erp.core import clock, outbound
from tests.erp.passwords.service import (
    DRIPS,
    RangeService,
    answers,
    body,
    chunked,
    knows,
    line,
    not_http,
    sha1,
    silent,
    without_length,
)

PASSWORD = "vier Kühe kauen leise"
DIGEST = sha1(PASSWORD)
DIGITS = DIGEST.hex().upper()
MOMENT = dt.datetime(2026, 11, 23, 8, 0, tzinfo=dt.UTC)


@pytest.fixture
def hurried(monkeypatch):
    """A deadline that tests can wait for."""
    monkeypatch.setattr(ranges, "DEADLINE", dt.timedelta(milliseconds=250))


def test_the_deadline_is_within_what_is_promised():
    assert dt.timedelta(milliseconds=1500) == ranges.DEADLINE


def test_a_leaked_password_is_found_and_another_is_not(service):
    service.behaves = knows(line(PASSWORD, 12))
    assert has_leaked(DIGEST) is True
    assert has_leaked(sha1("another, which is in another range")) is False


def test_five_digits_leave_this_machine_and_nothing_else(service):
    has_leaked(DIGEST)
    (received,) = service.received
    assert (received.method, received.path) == ("GET", f"/range/{DIGITS[:5]}")
    assert received.headers == {
        "Host": service.url.removeprefix("http://"), "Accept-Encoding": "identity",
        "Add-Padding": "true", "User-Agent": "Rappen",
    }  # fmt: skip


def test_a_mirror_may_lie_deeper(service, settings):
    settings.PWNED_URL = service.url + "/mirror/"
    has_leaked(DIGEST)
    assert service.received[0].path == f"/mirror/range/{DIGITS[:5]}"


@pytest.mark.parametrize(
    ("lines", "leaked"),
    [
        ([line(PASSWORD, 0)], False),
        ([line(PASSWORD, "000")], False),
        ([line(PASSWORD, 1)], True),
        ([line(PASSWORD, 0), line(PASSWORD, 5)], True),
        ([line(PASSWORD, 5).lower()], True),
    ],
)
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_lines_of_count_nought_are_padding(service, lines, leaked, end):
    service.behaves = knows(*lines, end=end)
    assert has_leaked(DIGEST) is leaked


def test_a_line_may_end_the_answer(service):
    service.behaves = answers(body(line(PASSWORD, 5)) + b"\r\n")
    assert has_leaked(DIGEST) is True


def test_an_answer_may_come_in_chunks(service):
    service.behaves = chunked(body(line(PASSWORD, 5)))
    assert has_leaked(DIGEST) is True


SUFFIX = "A" * 35
FAULTS = {
    "500": answers(b"oops", status=500),
    "404": answers(body(line(PASSWORD, 5)), status=404),
    "429": answers(b"", status=429),
    "206": answers(body(line(PASSWORD, 5)), status=206),
    "longer than said": answers(body(line(PASSWORD, 5)), length=10),
    "shorter than said": answers(body(line(PASSWORD, 5)), length=100_000),
    "chunks without an end": chunked(body(line(PASSWORD, 5)), whole=False),
    "no length": without_length(body(line(PASSWORD, 5))),
    "negative length": answers(body(line(PASSWORD, 5)), length=-1),
    "no HTTP": not_http,
    "nothing": answers(b""),
    "one line end": answers(b"\r\n"),
    "HTML": answers(b"<html><body>Sign in to the hotel's WLAN</body></html>"),
    "binary": answers(bytes(range(256)) * 10),
    "one bad line": answers(body(line(PASSWORD, 5), "hello")),
    "empty line": answers(body(line(PASSWORD, 5), "")),
    "whole hash": answers(body(f"{DIGITS}:5")),
    "short suffix": answers(body(f"{DIGITS[6:]}:5")),
    "no count": answers(body(DIGITS[5:])),
    "negative count": answers(body(f"{SUFFIX}:-5")),
    "blanks": answers(body(f"{SUFFIX}: 5")),
    "endless count": answers(body(f"{SUFFIX}:{'9' * 5000}")),
    "other digits": answers(f"{SUFFIX}:٣".encode()),
    "JSON": answers(b'{"suffix": "0018A45C4D1DEF81644B54AB7F969B88D65", "count": 1}'),
    "too large": answers(b"\r\n".join([SUFFIX.encode() + b":1"] * 60_000)),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_an_answer_of_another_form_tells_nothing(service, fault):
    service.behaves = fault
    assert has_leaked(DIGEST) is None
    assert len(service.received) == 1


def test_an_answer_of_just_the_allowed_size_is_read(service, monkeypatch):
    content = body(line(PASSWORD, 5))
    service.behaves = answers(content)
    monkeypatch.setattr(ranges, "MOST_BYTES", len(content))
    assert has_leaked(DIGEST) is True
    monkeypatch.setattr(ranges, "MOST_BYTES", len(content) - 1)
    assert has_leaked(DIGEST) is None


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(service, status):
    other = RangeService()
    try:
        service.behaves = answers(b"", status=status, Location=f"{other.url}/range/{DIGITS[:5]}")
        assert has_leaked(DIGEST) is None
        assert other.received == []
    finally:
        other.stop()


def within(seconds, act):
    start = time.monotonic()
    result = act()
    assert time.monotonic() - start < seconds
    return result


@pytest.mark.parametrize("behaviour", [silent, *DRIPS.values()], ids=["silent", *DRIPS])
def test_the_whole_call_has_a_deadline(service, hurried, behaviour):
    """A server that sends a byte now and then would outwit a timeout of the socket."""
    service.behaves = behaviour
    assert within(1.5, lambda: has_leaked(DIGEST)) is None


def test_a_call_that_was_given_up_leaves_no_thread_behind(service, hurried):
    service.behaves = DRIPS["content"]
    has_leaked(DIGEST)
    for thread in calls():
        thread.join(1)
    assert calls() == []
    assert service.hung_up.wait(1)


def test_a_call_that_was_given_up_sends_nothing_later(service, settings, hurried, monkeypatch):
    settings.PWNED_URL = service.url.replace("127.0.0.1", "localhost")
    found, resolve = threading.Event(), socket.getaddrinfo

    def late(host, *args, **more):
        if host == "localhost":
            found.wait(5)
        return resolve("127.0.0.1" if host == "localhost" else host, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", late)
    assert has_leaked(DIGEST) is None
    found.set()
    for thread in calls():
        thread.join(1)
    assert calls() == []
    assert service.received == []


def test_a_name_that_nobody_resolves_has_the_same_deadline(settings, hurried, monkeypatch):
    settings.PWNED_URL = "https://pwned.example"
    over, asked, resolve = threading.Event(), [], socket.getaddrinfo

    def hangs(host, *args, **more):
        if host != "pwned.example":
            return resolve(host, *args, **more)
        asked.append(host)
        over.wait(5)
        raise OSError("there is no such name")

    monkeypatch.setattr(socket, "getaddrinfo", hangs)
    try:
        assert within(1.5, lambda: has_leaked(DIGEST)) is None
        assert asked
    finally:
        over.set()


def closed_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def test_where_nobody_listens_nothing_is_told(settings):
    settings.PWNED_URL = f"http://127.0.0.1:{closed_port()}"
    assert has_leaked(DIGEST) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://pwned.example", "ftp://127.0.0.1", "file:///etc/passwd", "pwned.example", "https://",
        "https://127.0.0.1:99999", "http://127.0.0.1.example", "http://localhost@pwned.example",
    ],
)  # fmt: skip
def test_only_encrypted_services_are_asked_but_on_this_machine(settings, monkeypatch, url):
    tried = []
    monkeypatch.setattr(HTTPConnection, "connect", lambda self: tried.append(self.host))
    settings.PWNED_URL = url
    assert has_leaked(DIGEST) is None
    assert tried == []


@pytest.fixture
def encrypted(service, settings, tmp_path):
    """The service under TLS, as ``localhost``; a context that trusts it."""
    certificate = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    service.socket = context.wrap_socket(service.socket, server_side=True)
    service.behaves = knows(line(PASSWORD, 5))
    settings.PWNED_URL = f"https://localhost:{service.server_port}"
    return ssl.create_default_context(cafile=str(certificate))


def test_a_certificate_nobody_vouches_for_is_refused(service, encrypted):
    assert has_leaked(DIGEST) is None
    assert service.received == []


def test_a_certificate_counts_for_its_own_name_alone(service, encrypted, settings, monkeypatch):
    monkeypatch.setattr(outbound, "_trusted", lambda: encrypted)
    assert has_leaked(DIGEST) is True
    settings.PWNED_URL = f"https://127.0.0.1:{service.server_port}"
    assert has_leaked(DIGEST) is None
    assert len(service.received) == 1


def test_the_deadline_holds_under_encryption_too(service, encrypted, hurried, monkeypatch):
    monkeypatch.setattr(outbound, "_trusted", lambda: encrypted)
    service.behaves = DRIPS["content"]
    assert within(1.5, lambda: has_leaked(DIGEST)) is None
    assert len(service.received) == 1
    for thread in calls():
        thread.join(1)
    assert calls() == []


def calls():
    return [one for one in threading.enumerate() if one.name == "range service"]


def self_signed(folder):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = folder / "certificate.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )  # fmt: skip
    return path


def test_the_environment_does_not_divert_it(service, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    assert has_leaked(DIGEST) is False
    assert len(service.received) == 1


def test_switched_off_it_asks_nobody(service, settings):
    settings.PWNED_URL = ""
    assert has_leaked(DIGEST) is None
    assert service.received == []


def test_after_a_failure_nobody_is_asked_for_a_minute(service):
    service.behaves = answers(b"oops", status=503)
    with clock.at(MOMENT):
        assert has_leaked(DIGEST) is None
    service.behaves = knows(line(PASSWORD, 5))
    with clock.at(MOMENT + PAUSE - dt.timedelta(seconds=1)):
        assert has_leaked(DIGEST) is None
    assert len(service.received) == 1
    with clock.at(MOMENT + PAUSE):
        assert has_leaked(DIGEST) is True
    assert len(service.received) == 2


def test_the_pause_ends_by_itself_in_the_cache_too(service, own_cache):
    from django.core.cache import cache

    service.behaves = answers(b"oops", status=503)
    has_leaked(DIGEST)
    (key,) = own_cache()
    assert 0 < cache._cache.get_client(None, write=True).ttl(key) <= 60


def test_answers_open_no_pause(service, own_cache):
    service.behaves = knows(line(PASSWORD, 5))
    has_leaked(DIGEST)
    has_leaked(sha1("another"))
    assert own_cache() == {}


SECRETS = [PASSWORD, DIGITS, DIGITS.lower(), DIGITS[:5], DIGITS[:5].lower(), DIGITS[5:]]


@pytest.mark.parametrize("fault", [*FAULTS.values(), silent], ids=[*FAULTS, "silent"])
def test_no_fault_puts_what_was_asked_into_log_or_cache(
    service, hurried, own_cache, caplog, capfd, fault
):
    service.behaves = fault
    with caplog.at_level(logging.DEBUG):
        has_leaked(DIGEST)
    kept = own_cache()
    assert [key.rpartition(":")[2] for key in kept] == [PAUSE_KEY]
    told = caplog.text + str(kept) + "".join(capfd.readouterr())
    assert "is not asked for a minute" in caplog.text
    assert [secret for secret in SECRETS if secret in told] == []
