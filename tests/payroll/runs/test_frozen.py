"""What was approved, posted, paid or issued stays as it was, whoever writes to the database."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test import Client

from erp.core.bulk import update_rows
from erp.documents.pdf import render
from payroll.declarations import issuing
from payroll.declarations.gathering import year_of
from payroll.declarations.models import IssuedCertificate
from payroll.declarations.refusals import PaperChanged
from payroll.runs import papers, paying, refusals
from payroll.runs.digest import CONTENT, changed_slips, digest_of_written
from payroll.runs.models import Payslip, WageOrder
from tests import make
from tests.erp.client import Api, problem
from tests.payroll.runs import books

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 1, 23)


@pytest.fixture(autouse=True)
def january():
    with time_machine.travel(dt.datetime(2026, 1, 20, 9), tick=True):
        yield


@pytest.fixture
def company():
    made = books.company()
    books.p1(made)
    return made


@pytest.fixture
def anna(company):
    return make.owner_of(company)


def refused(statement, **told):
    with (
        pytest.raises(DatabaseError, match="frozen"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, told)


@pytest.mark.parametrize("change", [
    "month = '2026-02-01'", "pay_date = '2026-02-25'", "date = '2026-02-28'", "digest = repeat('0', 64)",
    "created_by_id = approved_by_id + 1", "calculated_by_id = NULL", "waiver = ''", "kind = 'correction'",
    "is_stale = true", "status = 'cancelled'", "status = 'draft'", "status = 'posted'",
    "status = 'paid', entry_id = (SELECT id FROM accounting_journalentry LIMIT 1), number = 1",
])  # fmt: skip
def test_nothing_of_an_approved_run_changes(company, anna, change):
    make.rent(company, by=anna)
    run = books.approved(company)
    refused(f"UPDATE payroll_payrollrun SET {change} WHERE id = %(run)s", run=run.pk)
    refused("DELETE FROM payroll_payrollrun WHERE id = %(run)s", run=run.pk)


def test_no_run_comes_in_approved_or_posted(company, anna):
    run = books.calculated(company)
    columns = "company_id, kind, month, date, pay_date, turn, parts_left, is_stale, created_at, created_by_id, reason"
    for status, more in (("approved", "repeat('0', 64)"), ("posted", "''"), ("draft", "repeat('0', 64)")):  # fmt: skip
        refused(
            f"INSERT INTO payroll_payrollrun ({columns}, status, digest, waiver) SELECT company_id, kind,"
            " '2026-05-01', date, pay_date, turn, parts_left, is_stale, created_at, created_by_id, reason,"
            f" %(status)s, {more}, '' FROM payroll_payrollrun WHERE id = %(run)s",
            run=run.pk, status=status,
        )  # fmt: skip
    refused("UPDATE payroll_payrollrun SET status = 'posted', number = 1, entry_id = 1 WHERE id = %(run)s",
            run=run.pk)  # fmt: skip
    refused("UPDATE payroll_payrollrun SET status = 'approved' WHERE id = %(run)s", run=run.pk)


def test_a_payment_order_is_of_a_posted_run_and_never_goes(company, anna):
    run = books.posted(company)
    (order,) = paying.pay(run, bank=books.bank_of(company), date=DAY, by=anna)
    refused("DELETE FROM payroll_wageorder WHERE id = %(order)s", order=order.pk)
    refused("UPDATE payroll_wageorder SET total = 1 WHERE id = %(order)s", order=order.pk)
    paying.recall(run, reason="Test", by=anna)
    refused("UPDATE payroll_wageorder SET recalled_at = NULL WHERE id = %(order)s", order=order.pk)
    draft = books.calculated(company, dt.date(2026, 2, 1))
    refused("INSERT INTO payroll_wageorder (company_id, run_id, bank_account_id, date, message, block, count, total,"
            " file, digest, made_at, made_by_id, seal_id) SELECT company_id, %(run)s, bank_account_id, date, 'M', 'B',"
            " count, total, file, digest, made_at, made_by_id, gen_random_uuid() FROM payroll_wageorder",
            run=draft.pk)  # fmt: skip


def test_a_file_that_was_swapped_does_not_go_to_the_bank(company, anna):
    run = books.posted(company)
    (order,) = paying.pay(run, bank=books.bank_of(company), date=DAY, by=anna)
    order.file = bytes(order.file).replace(b"CH9300762011623852957", books.iban(66).encode())
    update_rows(WageOrder, [order], ["file"])
    with pytest.raises(refusals.Tampered):
        paying.taken_along(WageOrder.of(company).get(), by=anna)
    client = Client(raise_request_exception=False)
    client.force_login(anna)
    page = client.get(f"/c/{company.pk}/payroll/runs/{run.pk}/orders/{order.pk}/")
    assert page.status_code == 409
    assert b"<?xml" not in page.content


def test_a_slip_that_was_swapped_is_shown_nowhere(company, anna):
    run = books.posted(company)
    slip = Payslip.of(company).get()
    assert papers.paper_of(slip).startswith(b"%PDF")
    slip = Payslip.of(company).get()
    slip.content = msgspec.structs.replace(slip.content, language="fr")
    update_rows(Payslip, [slip], ["content"])
    client, api = Client(raise_request_exception=False), Api(company, anna)
    client.force_login(anna)
    place = f"/c/{company.pk}/payroll/"
    for path in (f"runs/{run.pk}/slips/{slip.pk}/", f"runs/{run.pk}/slips/{slip.pk}/pdf/",
                 f"runs/{run.pk}/slips.pdf", "year/2026/"):  # fmt: skip
        assert client.get(place + path).status_code == 409, path
    for path in (
        f"payslips/{slip.pk}/",
        f"payslips/{slip.pk}/pdf/",
        "payroll/years/2026/lists/ahv/",
    ):
        problem(api.get(path), 409, "payroll.tampered")
    with pytest.raises(refusals.Tampered):
        year_of(company, 2026)
    with pytest.raises(refusals.Tampered):
        books.calculated(company, dt.date(2026, 2, 1))


def test_a_slips_pdf_is_held_to_its_digest_and_made_once(company, anna):
    books.posted(company)
    slip = Payslip.of(company).get()
    made = papers.paper_of(slip)
    assert papers.paper_of(slip) == made
    refused("UPDATE payroll_payslip SET paper_digest = '' WHERE id = %(slip)s", slip=slip.pk)
    held = Payslip.of(company).get()
    held.paper = render("<p>CHF 99’999.00</p>")
    update_rows(Payslip, [held], ["paper"])
    with pytest.raises(refusals.Tampered):
        papers.paper_of(slip)
    with pytest.raises(refusals.Tampered):
        papers.whole_pdf(slip.run)


def test_a_certificate_is_held_to_its_digest(company, anna):
    books.posted(company)
    (row,) = issuing.issue(company=company, year=2026, by=anna)
    assert issuing.paper_of(row) == row.paper
    row.paper = render("<p>0</p>")
    update_rows(IssuedCertificate, [row], ["paper"])
    with pytest.raises(PaperChanged):
        issuing.paper_of(IssuedCertificate.of(company).get())
    api = Api(company, anna)
    problem(
        api.get(f"payroll/years/2026/certificates/{row.pk}/pdf/"), 409, "declarations.paper_changed"
    )


def test_a_slip_of_before_a_new_field_stays_what_it_was(company, anna):
    """A field that came later is in no older slip; its digest is of the bytes that were written."""
    run = books.calculated(company)
    slip = Payslip.of(company).get(run=run)
    told = msgspec.json.decode(CONTENT.written(slip))
    del told["given"]["tax_changes"]
    written = msgspec.json.encode(told, order="deterministic")
    place = CONTENT.place_of(company.pk, slip.seal_id)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE payroll_payslip SET content = %s, digest = %s WHERE id = %s",
                       [CONTENT.sealed_at(place, written), digest_of_written(written), slip.pk])  # fmt: skip
    rows = Payslip.of(company).filter(pk=slip.pk)
    assert not changed_slips(rows) and not changed_slips(rows.defer("content"))
    assert rows.get().content == slip.content
    (opened,) = rows
    opened.content = opened.content  # set anew, it is another text
    assert changed_slips([opened])
