"""A company with all that a company may have, the file it was written into, and what became of it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connections, transaction
from django.test import override_settings

from accounting.ledger.posting import attach
from erp.access.gate import operating
from erp.documents import storing
from erp.handover.exporting import export_company
from erp.handover.importing import import_company
from erp.mails import queueing
from tests import make
from tests.accounting.receivables import sales
from tests.payroll.runs import books

PASSPHRASE = "ein langer Satz, der anders reist"
PDF = b"%PDF-1.7 a receipt of its own"
FEBRUARY = dt.date(2026, 2, 1)


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Files of these tests alone: other workers have companies of the same numbers."""
    return tmp_path_factory.mktemp("var")


@pytest.fixture(autouse=True)
def own_folder(folder, settings):
    settings.RAPPEN_VAR = str(folder)


@pytest.fixture(scope="session")
def original(folder, django_db_setup, django_db_blocker):
    """Books, debtors, a voucher, a mail that waits, and a month of wages; committed."""
    with django_db_blocker.unblock(), override_settings(RAPPEN_VAR=str(folder)):
        with transaction.atomic():
            company = books.company(
                uid="CHE107810911",
                street="Seestrasse",
                house_number="1",
                postcode="8002",
                town="Zürich",
            )
            by = make.owner_of(company)
            books.p1(company)
            books.posted(company)
            entry = make.rent(company)
            attach(entry, [storing.store(company=company, name="q.pdf", content=PDF, by=by)])
            sales.issued(company, sales.customer(company))
            queueing.queue(company=company, by=by, kind="invoice", to=["a@example.ch"], subject="S",
                           body="B", language="de")  # fmt: skip
        connections.close_all()
    return company


@pytest.fixture(scope="session")
def file(original, folder, django_db_blocker, tmp_path_factory):
    """The company's file, and what writing it told."""
    path = tmp_path_factory.mktemp("handover") / "company.zip"
    with django_db_blocker.unblock(), override_settings(RAPPEN_VAR=str(folder)):
        done = export_company(str(original.pk), path, passphrase=PASSPHRASE)
        connections.close_all()
    return path, done


@pytest.fixture(scope="session")
def heir(django_db_setup, django_db_blocker):
    """Somebody who signs in here, and is nobody in the company yet."""
    with django_db_blocker.unblock():
        return make.user()


@pytest.fixture(scope="session")
def taken(file, folder, heir, django_db_blocker):
    """The company beside itself: the same ids twice in one database."""
    path, _done = file
    with django_db_blocker.unblock(), override_settings(RAPPEN_VAR=str(folder)):
        done = import_company(
            path, owner=heir.email, short_name=f"heir-{heir.pk}", passphrase=PASSPHRASE
        )
        with operating(str(done.company)) as access:
            company = access.company
        connections.close_all()
    return company, done


@pytest.fixture
def both(original, taken, committed_db):
    """The numbers of both."""
    return [original.pk, taken[0].pk]
