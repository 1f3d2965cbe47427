"""Whether an installation is set up as it should be (Installationsprüfung): asked after each change to it.

On the command line alone, and so in English.
"""

from __future__ import annotations

import ctypes
import os
import smtplib
import socket
import ssl
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pypdfium2 as pdfium
import pypdfium2.raw as raw
import redis
from django.conf import settings
from django.core.checks import ERROR, WARNING, run_checks
from django.core.files.storage import storages
from django.db import connection, transaction

from erp.core import clock
from erp.core.errors import DomainError
from erp.documents import pdf
from erp.operation import running, tenancy
from erp.operation.findings import Finding, State, fault, fine, watch
from erp.reference.statuses import statuses
from erp.web.health import database_answers

OLDEST_REDIS: Final = 7
SOURCE: Final = "en"  # the language that the texts are written in
FONT: Final = "Liberation Sans"
PATIENCE: Final = 5  # seconds
CERTIFICATE_DAYS: Final = 14


def configured() -> list[Finding]:
    """What the program itself has against its settings: keys, addresses, https, roles, leaked passwords."""
    found = [
        one
        for one in run_checks(include_deployment_checks=True, databases=["default"])
        if one.level >= WARNING
    ]
    title = "Settings"
    if not found:
        return [fine("settings", title, "Keys, addresses and roles are as they should be.")]
    return [
        Finding(
            "settings",
            title,
            State.FAULT if one.level >= ERROR else State.WARNING,
            one.msg,
            one.hint or "",
            {"id": one.id},
        )
        for one in found
    ]


def catalogue() -> Finding:
    """That roles, grants, policies and functions keep clients apart, and the extensions are there."""
    title = "Separation of clients"
    found = tenancy.of_catalogue()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_encoding_to_char(encoding), (SELECT count(*) FROM pg_extension WHERE extname ="
            " 'btree_gist') FROM pg_database WHERE datname = current_database()"
        )
        encoding, extension = cursor.fetchone()
    if encoding != "UTF8":
        found.append(f"the database is encoded in {encoding}")
    if not extension:
        found.append("the extension btree_gist is missing")
    if found:
        return fault(
            "tenancy",
            title,
            "; ".join(found[:10]),
            "Run migrate as the owner; then compare roles and grants with the operator’s guide.",
            {"breaches": len(found)},
        )
    return fine("tenancy", title, "Row-level security is forced on every table of clients.")


def queue_server() -> Finding:
    """That Redis or Valkey is new enough, has a password, and evicts nothing of the queue."""
    title = "Queue server"
    try:
        client = redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
        )
        told: dict[str, Any] = client.info("server") | client.info("memory")  # type: ignore[operator]
    except (redis.RedisError, OSError) as error:
        return fault(
            "queue_server",
            title,
            f"It cannot be asked: {type(error).__name__}",
            "Look at REDIS_URL: address and password.",
        )
    version = str(told.get("valkey_version") or told.get("redis_version", "0"))
    figures = {"version": version}
    if int(version.partition(".")[0]) < OLDEST_REDIS:
        return fault(
            "queue_server",
            title,
            f"{version} is too old.",
            "Use Valkey 8 or Redis 7, or newer.",
            figures,
        )
    if told.get("maxmemory_policy", "noeviction") != "noeviction":
        return watch(
            "queue_server",
            title,
            "It may throw messages away when its memory is full.",
            "maxmemory-policy noeviction",
            figures,
        )
    if not urlsplit(settings.REDIS_URL).password:
        return watch(
            "queue_server",
            title,
            "It has no password.",
            "Set requirepass, and the password in REDIS_URL.",
            figures,
        )
    return fine("queue_server", title, version, figures=figures)


def data_folder() -> Finding:
    """That the data folder can be written, and by nobody else."""
    title, folder = "Data folder", Path(settings.RAPPEN_VAR)
    try:
        with tempfile.NamedTemporaryFile(dir=folder) as file:
            file.write(b"x")
            os.fsync(file.fileno())
    except OSError as error:
        return fault(
            "data_folder",
            title,
            "It cannot be written: {why}".format(why=error.strerror or ""),
            "Give RAPPEN_VAR to the user of the program.",
        )
    if folder.stat().st_mode & 0o022:
        return watch("data_folder", title, "Others may write into it.", f"chmod go-w {folder}")
    return fine("data_folder", title, "It can be written, and by nobody else.")


def printing() -> Finding:
    """That a PDF file can be made, in the font that the QR-bill asks for."""
    title, remedy = (
        "PDF files",
        "apt install libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation",
    )
    try:
        made = pdf.render(f"<p style='font-family: {FONT}'>Zürich</p>", sheets=())
    except DomainError as refusal:
        return fault("pdf", title, str(refusal), remedy)
    if FONT not in _fonts(made):
        return watch(
            "pdf", title, f"The font {FONT} is missing, which QR-bills are set in.", remedy
        )
    return fine("pdf", title, "They can be made, in the font of the QR-bill.")


def _fonts(content: bytes) -> str:
    """The names of the fonts on the first page of a PDF file."""
    found = []
    with pdfium.PdfDocument(content) as file:
        for part in file[0].get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
            name = ctypes.create_string_buffer(100)
            raw.FPDFFont_GetBaseFontName(raw.FPDFTextObj_GetFont(part), name, len(name))
            found.append(name.value.decode(errors="replace"))
    return " ".join(found).replace("-", " ")


def translated() -> Finding:
    """That the texts of all languages and the static files are there."""
    title = "Texts and static files"
    missing = [
        code
        for code, _name in settings.LANGUAGES
        if code != SOURCE
        and not any(
            (Path(place) / code / "LC_MESSAGES" / "django.mo").exists()
            for place in settings.LOCALE_PATHS
        )
    ]
    if missing:
        return fault(
            "texts",
            title,
            "Texts are missing in: {languages}.".format(languages=", ".join(missing)),
            "make messages",
        )
    try:
        storages["staticfiles"].url("erp/css/rappen.css")
    except ValueError:
        return fault(
            "texts",
            title,
            "Static files are missing or older than the program.",
            "manage.py collectstatic --noinput",
        )
    return fine("texts", title, "All are there.")


def relay() -> Finding:
    """That the mail server greets and lets this installation in; no mail is sent."""
    title = "Mail server"
    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        return watch(
            "relay",
            title,
            "Mails go into the log.",
            "RAPPEN_EMAIL_URL=smtp+tls://user:password@host:587",
        )
    try:
        _greet()
    except (OSError, smtplib.SMTPException) as error:
        code = getattr(error, "smtp_code", "")
        return fault(
            "relay",
            title,
            "It cannot be reached or refuses: {why}".format(
                why=f"{type(error).__name__} {code}".strip()
            ),
            "Look at RAPPEN_EMAIL_URL: address, way of encryption, user and password.",
        )
    return fine("relay", title, "It greets and lets this installation in.")


def _greet() -> None:
    kind = smtplib.SMTP_SSL if settings.EMAIL_USE_SSL else smtplib.SMTP
    with kind(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=PATIENCE) as server:
        server.ehlo()
        if settings.EMAIL_USE_TLS:
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        if settings.EMAIL_HOST_USER:
            server.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)


def certificate() -> Finding:
    """That browsers come by TLS, with a certificate that stays valid for some time."""
    title, told = "TLS certificate", urlsplit(settings.PUBLIC_ADDRESS)
    if not settings.HTTPS:
        return watch(
            "certificate",
            title,
            "Pages are served without encryption.",
            "Put a TLS proxy in front and set RAPPEN_HTTPS=true.",
        )
    host = told.hostname or "localhost"
    try:
        with (
            socket.create_connection((host, told.port or 443), timeout=PATIENCE) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=host) as secure,
        ):
            ends = ssl.cert_time_to_seconds(str((secure.getpeercert() or {})["notAfter"]))
    except (OSError, KeyError) as error:
        return watch(
            "certificate",
            title,
            f"{host} cannot be looked at from here: {type(error).__name__}",
            "Look at RAPPEN_ADDRESS, the proxy and its certificate.",
        )
    days = int((ends - clock.now().timestamp()) // 86400)
    state = State.WARNING if days < CERTIFICATE_DAYS else State.OK
    return Finding(
        "certificate",
        title,
        state,
        f"It is valid for {days} more days.",
        "See that it is renewed by itself." if state is State.WARNING else "",
        {"days": days},
    )


def outside() -> Finding:
    """Which hosts this installation asks by itself, for those who let nothing out."""
    asked = {
        urlsplit(one).hostname
        for one in (settings.PWNED_URL, settings.LEAKS_URL if settings.LEAKS_KEY else "")
        if one
    }
    sources = [one.name for one in statuses() if one.is_on and one.is_fetched]
    text = ", ".join(
        [*sorted(filter(None, asked)), *(f"the publisher of {name}" for name in sources)]
    )
    return fine("outside", "Asked outside", f"{text or 'nobody'}.")


CHECKS: Final[tuple[Callable[[], Finding | list[Finding]], ...]] = (
    queue_server,
    data_folder,
    printing,
    translated,
    relay,
    certificate,
    outside,
)


def installed() -> list[Finding]:
    """How everything is set up, and then how it runs."""
    found = []
    if database_answers():
        with transaction.atomic():
            found = [*configured(), catalogue()]
    for check in CHECKS:
        one = check()
        found += one if isinstance(one, list) else [one]
    return found + running.running()
