"""The figures of all clients at once (Kennzahlen der Mandate): a fixed number of queries.

Each figure is asked for in those clients alone in which whoever looks has its right.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from accounting.open_items.models import Side
from erp.access.firms.gate import FirmAccess
from erp.access.permissions import Permission
from erp.core.money import ZERO
from erp.fiduciary.deadlines import Deadline, Wages, of_vat, of_wages
from vat.codes.models import VatSettings
from vat.returns.models import VatReturn


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are, and since when the oldest waits; None where one may not know."""

    number: int = 0
    since: dt.date | None = None


@dataclass
class Figures:
    """A client's figures; what one may not see there is None, and no deadline is told."""

    counts: dict[str, Count | None] = field(default_factory=dict)
    deadlines: list[Deadline] = field(default_factory=list)
    control: Decimal | None = None

    def number(self, name: str) -> int:
        """How many there are; 0 where one may not know."""
        count = self.counts.get(name)
        return count.number if count else 0


@dataclass(frozen=True, slots=True)
class Counted:
    """A figure that is a count: its right, and an SQL of company, number and oldest day."""

    name: str
    permission: Permission
    sql: str


#: Each goes by an index of its own; ``{ids}`` are the companies that may be asked.
COUNTED: Final[tuple[Counted, ...]] = (
    Counted("bank", Permission.BANKING_READ,
            "SELECT company_id, count(*), min(booking_date) FROM accounting_banktransaction"
            " WHERE company_id = ANY({ids}) AND entry_id IS NULL GROUP BY company_id"),
    Counted("inbox", Permission.PAYABLES_READ,
            "SELECT company_id, count(*), min(received_at)::date FROM accounting_inboxdocument"
            " WHERE company_id = ANY({ids}) AND state IN ('new', 'reading', 'read', 'failed')"
            " GROUP BY company_id"),
    Counted("drafts", Permission.LEDGER_DRAFT_ALL,
            "SELECT company_id, count(*), min(date) FROM accounting_journalentry"
            " WHERE company_id = ANY({ids}) AND chain_position IS NULL GROUP BY company_id"),
    Counted("invoices", Permission.RECEIVABLES_READ,
            "SELECT company_id, count(*), min(date) FROM accounting_salesdocument"
            " WHERE company_id = ANY({ids}) AND kind IN ('invoice', 'credit_note') AND status = 'draft'"
            " GROUP BY company_id"),
    Counted("bills", Permission.PAYABLES_READ,
            "SELECT company_id, count(*), min(date) FROM accounting_supplierinvoice"
            " WHERE company_id = ANY({ids}) AND status IN ('draft', 'submitted', 'approved')"
            " GROUP BY company_id"),
    Counted("periods", Permission.LEDGER_READ,
            "SELECT company_id, count(*), min(start) FROM accounting_period"
            " WHERE company_id = ANY({ids}) AND lock <> 'locked' AND \"end\" < {today}"
            " GROUP BY company_id"),
    Counted("findings", Permission.SECURITY_READ,
            "SELECT company_id, count(*), min(found_at)::date FROM erp_leakfinding"
            " WHERE company_id = ANY({ids}) AND state <> 'settled' GROUP BY company_id"),
    Counted("runs", Permission.PAYROLL_READ,
            "SELECT company_id, count(*), min(month) FROM payroll_payrollrun"
            " WHERE company_id = ANY({ids}) AND status IN ('draft', 'approved')"
            " GROUP BY company_id"),
    Counted("to_firm", Permission.QUESTIONS_READ,
            "SELECT company_id, count(*), min(opened_at)::date FROM erp_question"
            " WHERE company_id = ANY({ids}) AND firm_id = {firm} AND state <> 'closed'"
            " AND asks = 'fiduciary' GROUP BY company_id"),
    Counted("to_client", Permission.QUESTIONS_READ,
            "SELECT company_id, count(*), min(opened_at)::date FROM erp_question"
            " WHERE company_id = ANY({ids}) AND firm_id = {firm} AND state <> 'closed'"
            " AND asks = 'client' GROUP BY company_id"),
    Counted("checklist", Permission.COMPANY_READ,
            "SELECT company_id, count(*), min(due_on) FROM erp_checklistitem"
            " WHERE company_id = ANY({ids}) AND firm_id = {firm} AND state = 'open'"
            " GROUP BY company_id"),
    Counted("overdue", Permission.COMPANY_READ,
            "SELECT company_id, count(*), min(due_on) FROM erp_checklistitem"
            " WHERE company_id = ANY({ids}) AND firm_id = {firm} AND state = 'open'"
            " AND due_on < {today} GROUP BY company_id"),
    # Kept by night, as of the day: see ``keeping``.
    Counted("vouchers", Permission.LEDGER_READ,
            "SELECT company_id, missing_vouchers, as_of::date FROM erp_mandatefigures"
            " WHERE company_id = ANY({ids})"),
    Counted("differing", Permission.BANKING_READ,
            "SELECT company_id, bank_differences, as_of::date FROM erp_mandatefigures"
            " WHERE company_id = ANY({ids})"),
    # When somebody of the client signed in last; there is nothing to count.
    Counted("signed_in", Permission.MEMBERS_READ,
            "SELECT m.company_id, 0, max(u.last_login)::date FROM erp_membership m"
            " JOIN erp_user u ON u.id = m.user_id WHERE m.company_id = ANY({ids})"
            " GROUP BY m.company_id"),
)  # fmt: skip

_CONTROL: Final = """
    WITH control AS (
        SELECT company_id, id, control FROM accounting_account
        WHERE company_id = ANY(%(ids)s) AND control <> ''
    ), sums AS (
        SELECT c.company_id, c.control, sum(t.debit - t.credit) AS base
        FROM control c
        JOIN accounting_accounttotal t ON t.company_id = c.company_id AND t.account_id = c.id
        GROUP BY c.company_id, c.control
        UNION ALL
        SELECT company_id, side, sum(CASE side WHEN 'payables' THEN open_base ELSE -open_base END)
        FROM accounting_openitem
        WHERE company_id = ANY(%(ids)s) AND settled_on IS NULL
        GROUP BY company_id, side
    )
    SELECT company_id, control, sum(base) FROM sums GROUP BY company_id, control
    HAVING sum(base) <> 0
"""

_WAGES: Final = """
    SELECT 'months', company_id, '', '', min(month), max(month), count(*) FROM payroll_payrollrun
    WHERE company_id = ANY(%(ids)s) AND kind = 'regular' AND status IN ('posted', 'paid')
    GROUP BY company_id
    UNION ALL
    SELECT 'office', i.company_id, i.canton, coalesce(s.commission, ''), NULL, NULL, 0
    FROM payroll_institution i
    LEFT JOIN payroll_payrollsettings s ON s.company_id = i.company_id
    WHERE i.company_id = ANY(%(ids)s) AND i.kind = 'tax'
      AND (i.active_until IS NULL OR i.active_until >= %(today)s)
    UNION ALL
    SELECT 'settled', company_id, canton, '', min(first), max(last), count(*)
    FROM payroll_taxsettlement
    WHERE company_id = ANY(%(ids)s) AND cancelled_at IS NULL GROUP BY company_id, canton
    UNION ALL
    SELECT 'paid', r.company_id, '', '', NULL, NULL, count(DISTINCT p.employee_id)
    FROM payroll_payrollrun r
    JOIN payroll_payslip p ON p.company_id = r.company_id AND p.run_id = r.id
    WHERE r.company_id = ANY(%(ids)s) AND r.status IN ('posted', 'paid')
      AND r.month >= make_date(%(year)s, 1, 1) AND r.month < make_date(%(year)s + 1, 1, 1)
    GROUP BY r.company_id
    UNION ALL
    SELECT 'certified', company_id, '', '', NULL, NULL, count(DISTINCT employee_id)
    FROM payroll_issuedcertificate
    WHERE company_id = ANY(%(ids)s) AND year = %(year)s GROUP BY company_id
"""


def figures(access: FirmAccess, today: dt.date) -> dict[int, Figures]:
    """The figures of each client by its number: five queries, however many clients.

    ``today`` is the day in Zurich. What a control account differs from its items is in the company's
    currency, as an absolute sum over both sides; it counts where the module of the side is on.
    """
    found = {company: Figures() for company in access.companies}
    for name, company, count in _counts(access, today):
        found[company].counts[name] = count
    for company, deadlines in _vat(access, today):
        found[company].deadlines += deadlines
    for company, wages in _wages(access, today):
        found[company].deadlines += of_wages(wages, today)
    for company, difference in _control(access):
        found[company].control = difference
    for one in found.values():
        one.deadlines.sort()
    return found


def _counts(access: FirmAccess, today: dt.date) -> Iterator[tuple[str, int, Count | None]]:
    """One query of all counts; nothing waits where none comes back."""
    told: dict[str, Any] = {"today": today, "firm": access.firm.pk}
    parts = []
    for one in COUNTED:
        told[one.name] = access.companies_with(one.permission)
        sql = one.sql.format(ids=f"%({one.name})s", today="%(today)s", firm="%(firm)s")
        parts.append(f"SELECT '{one.name}' AS name, c.* FROM ({sql}) AS c")  # noqa: S608 - ours
    for one in COUNTED:
        for company in told[one.name]:
            yield one.name, company, Count()
        for company in access.companies.keys() - set(told[one.name]):
            yield one.name, company, None
    for name, company, number, since in _rows(" UNION ALL ".join(parts), told):
        yield name, company, Count(number, since)


def _vat(access: FirmAccess, today: dt.date) -> Iterator[tuple[int, list[Deadline]]]:
    """Two queries; the periods are reckoned as the page of VAT returns does."""
    ids = access.companies_with(Permission.VAT_READ)
    settings: dict[int, list[VatSettings]] = defaultdict(list)
    stored: dict[int, list[VatReturn]] = defaultdict(list)
    for row in VatSettings.unscoped.filter(company__in=ids):
        settings[row.company_id].append(row)
    told = VatReturn.unscoped.filter(company__in=ids).defer("figures", "spans", "accepted")
    for one in told.order_by("start", "kind", "nth"):
        stored[one.company_id].append(one)
    for company, rows in settings.items():
        yield company, of_vat(rows, stored[company], today)


def _wages(access: FirmAccess, today: dt.date) -> Iterator[tuple[int, Wages]]:
    """One query of what payroll knows; no sealed column is opened."""
    ids = access.companies_with(Permission.PAYROLL_READ)
    found: dict[int, dict[str, Any]] = defaultdict(lambda: {"offices": [], "settled": {}})
    told = {"ids": ids, "today": today, "year": today.year - 1}
    for name, company, canton, how, first, last, number in _rows(_WAGES, told) if ids else ():
        values = found[company]
        if name == "months":
            values |= {"first": first, "last": last}
        elif name == "office":
            values["offices"].append((canton, how))
        elif name == "settled":
            values["settled"][canton] = last
        else:
            values[name] = number
    for company, values in found.items():
        yield company, Wages(**values)


def _control(access: FirmAccess) -> Iterator[tuple[int, Decimal]]:
    """By how much control accounts and items differ, where items are kept; one query."""
    ids = access.companies_with(Permission.OPEN_ITEMS_READ)
    kept: Mapping[int, Sequence[str]] = {
        company: [side for side in Side.values if access.companies[company].uses(side)]
        for company in ids
    }
    differences = {company: ZERO for company, sides in kept.items() if sides}
    for company, side, base in _rows(_CONTROL, {"ids": list(differences)}):
        if side in kept[company]:
            differences[company] += abs(base)
    yield from differences.items()


def _rows(sql: str, told: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, told)
        return cursor.fetchall()
