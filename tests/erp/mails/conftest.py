"""What mails are tested with: a real mail server, kinds, a file, and a mail that is about an entry."""

from __future__ import annotations

import pytest

from erp.core.tenancy import open_companies
from erp.documents import storing
from erp.mails import sending
from erp.mails.models import OutgoingMail
from erp.mails.queueing import queue
from tests import make
from tests.erp.mails import kinds  # noqa: F401 - offers them
from tests.erp.mails.server import MailServer

PDF = b"%PDF-1.7\r\n.\r\n..\n" + bytes(range(256)) * 40


@pytest.fixture
def server(settings):
    """The program sends to this one."""
    made = MailServer()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", made.port
    settings.EMAIL_TIMEOUT = 3
    settings.DEFAULT_FROM_EMAIL = "Rappen <rappen@books.example.com>"
    yield made
    made.stop()


@pytest.fixture
def file(company, anna):
    return storing.store(company=company, name="rechnung.pdf", content=PDF, by=anna)


def write(company, **more):
    """A mail that waits, in a company whose rows are open."""
    told = {"by": make.owner_of(company), "kind": "test-invoice", "to": ["kunde@example.ch"],
            "subject": "Rechnung 17", "body": "Guten Tag\n\nAnbei.", "language": "de"} | more  # fmt: skip
    return queue(company=company, **told)


def tried(mail):
    """Try to send a mail, as a worker does; how it is then."""
    sending.run(mail.pk, mail.company_id)
    return reload(mail)


def reload(mail):
    open_companies([mail.company_id])
    return OutgoingMail.of(mail.company_id).get(pk=mail.pk)
