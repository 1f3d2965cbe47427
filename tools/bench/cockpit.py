"""The fiduciary's cockpit over many mandates, beside one hand-written SQL per figure.

Filling takes minutes: only by ``--only cockpit``. ``COCKPIT_MANDATES`` and ``COCKPIT_LINES`` make it smaller.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from decimal import Decimal

import psycopg
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext, override_settings

from accounting.banking.booking import save_bank_account
from accounting.banking.models import BankAccount, BankTransaction, Statement
from accounting.ledger.models import Account
from accounting.ledger.years import open_fiscal_year
from erp.access.firms.gate import over_mandates
from erp.access.firms.models import Firm
from erp.access.models import User
from erp.cockpit import firms
from erp.cockpit.founding import set_up_company
from erp.core import clock
from erp.fiduciary import figures, overview
from erp.fiduciary.keeping import look_at
from erp.fiduciary.overview import Wanted
from erp.reference.statuses import stale_sources
from tools.bench.books import IBAN, YEARS, Book, acting, fill
from tools.bench.measuring import interleaved, note

MANDATES, LINES = (int(os.environ.get(name, usual)) for name, usual in
                   (("COCKPIT_MANDATES", "200"), ("COCKPIT_LINES", "20000")))  # fmt: skip
TODAY = dt.date(2026, 11, 26)
WAITING = 30  # bank lines of each client that are not booked
MOST_QUERIES = 15

#: As somebody would ask, who may see everything: no policies, no rights.
_VAT = (
    "SELECT company_id, valid_from, method, basis, interval, group_uid, round_down FROM vat_vatsettings"
    " WHERE company_id = ANY(%(ids)s)",
    "SELECT company_id, kind, start, \"end\", state, due_date, entry_id FROM vat_vatreturn"
    " WHERE company_id = ANY(%(ids)s) ORDER BY start, kind, nth",
    "SELECT m.company_id, c.name, m.role_id, r.permissions FROM erp_mandate m"
    " JOIN erp_company c ON c.id = m.company_id JOIN erp_role r ON r.id = m.role_id"
    " WHERE m.firm_id = %(firm)s AND m.ended_at IS NULL ORDER BY c.name",
)  # fmt: skip


def bench_cockpit(analyse: Callable[[], None]) -> None:
    """All clients on one page: at most 15 queries, and three times what the figures cost by hand."""
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend"):
        firm, lead = _house()
        for nth in range(MANDATES):
            _client(nth, firm)
    analyse()

    def ours() -> None:
        with transaction.atomic():
            access = over_mandates(firm.pk, user=lead)
            overview.cockpit(access, Wanted(), TODAY)
            stale_sources(on=TODAY)

    url = os.environ["DATABASE_OWNER_URL"].replace("rappen_owner", "postgres", 1)
    with psycopg.connect(url, autocommit=True) as admin:
        rows = admin.execute("SELECT company_id FROM erp_mandate WHERE firm_id = %s", [firm.pk])
        told = {"ids": [row[0] for row in rows], "today": TODAY, "firm": firm.pk,
                "year": TODAY.year - 1}  # fmt: skip
        works = [one.sql.format(ids="%(ids)s", today="%(today)s", firm="%(firm)s")
                 for one in figures.COUNTED]  # fmt: skip
        works += [figures._CONTROL, figures._WAGES, *_VAT]  # noqa: SLF001 - the same question

        def plain() -> None:
            for sql in works:
                admin.execute(sql, told).fetchall()

        taken, by_hand = interleaved(9, ours, plain)
    with CaptureQueriesContext(connection) as asked:
        ours()
    count = sum(not one["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))
                for one in asked)  # fmt: skip
    lines = MANDATES * LINES
    note(f"cockpit, {MANDATES} mandates", lines, taken, by_hand, "<= 3", 3)
    print(f"    queries: {count} and two for the session, of {MOST_QUERIES}", flush=True)


def _house() -> tuple[Firm, User]:
    with transaction.atomic():
        lead, operator = (
            User.objects.create_user(f"{name}@bench.example.ch", "nur-fuer-die-Messung", **more)
            for name, more in (("lead", {}), ("operator", {"is_operator": True}))
        )
        return firms.found_firm(name="Messung", manager=lead, by=operator), lead


def _client(nth: int, firm: Firm) -> None:
    """A client with three years of books and bank lines that wait."""
    reference = f"bench-client-{nth}"
    with transaction.atomic():
        owner = User.objects.create_user(f"owner{nth}@bench.example.ch", "nur-fuer-die-Messung")
        company = set_up_company(
            by=owner, name=f"Mandant {nth}", short_name=reference, legal_form="corporation",
            first_year=(dt.date(YEARS[0], 1, 1), dt.date(YEARS[0], 12, 31)),
        )  # fmt: skip
        for year in YEARS[1:]:
            open_fiscal_year(company=company, start=dt.date(year, 1, 1), end=dt.date(year, 12, 31),
                             by=owner)  # fmt: skip
        bank = BankAccount(company=company, name="Bank", iban=IBAN, currency="CHF",
                           account=Account.of(company).get(number="1020"))  # fmt: skip
        save_bank_account(bank, by=owner)
        firms.give_mandate(company=company, firm_code=firm.code, role="fiduciary", by=owner)
        statement = Statement.unscoped.create(
            company=company, bank_account=bank, identification="x", message_type="camt.053",
            file_digest="x", imported_at=clock.now(), imported_by=owner,
        )  # fmt: skip
        BankTransaction.unscoped.bulk_create(
            BankTransaction(company=company, bank_account=bank, statement=statement, position=place,
                            dedupe_key=str(place), booking_date=TODAY, amount=Decimal(place + 1))
            for place in range(WAITING)
        )  # fmt: skip
    book = Book(LINES, reference, company.pk)
    fill(book)
    with acting(book) as (found, _owner):
        look_at(found)
