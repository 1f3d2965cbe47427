"""Originals of a year, bit for bit: invoices, bills, VAT returns as they were filed, files of the bank."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile

import pytest

from accounting.archive.errors import OriginalLost
from accounting.archive.originals import Original
from accounting.assets import categories
from accounting.assets.vouching import attach as hang
from accounting.banking import importing
from accounting.banking.models import Statement
from accounting.receivables.models import SalesDocument
from erp.companies.models import Module
from erp.documents import storing
from erp.documents.models import StoredFile
from tests import make
from tests.accounting.archive import books
from tests.accounting.assets import books as assets
from tests.accounting.banking.files import camt053, paid
from tests.accounting.receivables import sales
from tests.vat.returns.test_filing import UID, filed_return

pytestmark = pytest.mark.django_db


def test_invoices_are_printed_and_returns_and_files_of_the_bank_are_as_they_came():
    company = sales.company(uid=UID)
    by = make.owner_of(company)
    invoice = sales.issued(company, sales.customer(company), sales.item())
    assert SalesDocument.of(company).get(pk=invoice.pk).file is None  # nobody has asked for it yet
    told = camt053(paid("150.00", "Kundin GmbH", ref="R1"))
    importing.take_in(company=company, content=told, by=by)
    done = filed_return(company)
    van, paper = _van(company), b"%PDF-1.7 contract of a van"
    hang(van, [storing.store(company=company, name="a.pdf", content=paper, by=by)], by=by)
    books.lock(company)
    with zipfile.ZipFile(books.package(company)) as archive:
        rows = csv.DictReader(
            io.StringIO(archive.read("originals.csv").decode("utf-8-sig"), newline=""),
            delimiter=";",
        )
        found = [(row["kind"], row["reference"], archive.read(row["path"])) for row in rows]
    printed = storing.content_of(SalesDocument.of(company).get(pk=invoice.pk).file)
    period = "2026-01-01_2026-03-31_1-1"
    assert found == [
        ("voucher", invoice.number, printed), ("invoice", invoice.number, printed),
        ("vat-return", period, storing.content_of(done.xml)),
        ("vat-return", period, storing.content_of(done.pdf)), ("bank-statement", "S-1", told),
        ("asset", van.number, paper),
    ]  # fmt: skip


def _van(company):
    """A van that was bought in the year."""
    company.modules = [*company.modules, Module.ASSETS]
    company.save(update_fields=["modules"])
    categories.add_defaults(company, by=make.owner_of(company), valid_from=assets.JANUARY)
    return assets.van(company, date=books.day(3))


def test_the_bank_s_file_is_kept_once_by_the_digest_that_its_statements_have():
    company = sales.company()
    by, told = make.owner_of(company), camt053(paid("150.00", "Kundin GmbH", ref="R1"))
    for _ in range(2):
        importing.take_in(company=company, content=told, by=by)
    (kept,) = StoredFile.of(company).filter(content_type="application/xml")
    assert (
        kept.digest == Statement.of(company).get().file_digest == hashlib.sha256(told).hexdigest()
    )
    assert storing.content_of(kept) == told
    storing.path_of(company.pk, kept.digest).unlink()
    with pytest.raises(OriginalLost):
        Original("bank-statement", kept, None, None, "S-1").require_there()
