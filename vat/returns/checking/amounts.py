"""Amounts that do not fit (Beträge): tax and its base, items taken over, booked and declared tax."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from accounting.ledger.models import Account
from erp.core.display import chf
from vat.codes.models import CodeKind, VatSettings
from vat.returns.checking.looking import ENTRIES, NAMED, OF_ENTRY, Look, enumerated
from vat.returns.findings import Finding
from vat.returns.rules import rule
from vat.returns.settling import is_minor

HALF_CENTIME: Final = Decimal("0.005")
_TAXED: Final = (CodeKind.OUTPUT, CodeKind.DISCOUNT, CodeKind.INPUT)
#: Each base is rounded by itself, and so is its tax: a centime for each line, and some beyond.
_OFF: Final = f"""
    WITH groups AS (
        SELECT e.id, e.number, l.vat_code_id, l.vat_rate,
               coalesce(sum(l.vat_base) FILTER (WHERE l.vat_part = 'B'), 0) * l.vat_rate / 100 AS lawful,
               coalesce(sum(l.debit - l.credit) FILTER (
                   WHERE l.vat_part = 'T' AND l.account_id IS DISTINCT FROM %(owing)s), 0) AS tax,
               coalesce(sum(l.debit - l.credit) FILTER (
                   WHERE l.vat_part = 'T' AND l.account_id = %(owing)s), 0) AS owed,
               0.01 * count(*) FILTER (WHERE l.vat_part = 'B') + %(tolerance)s AS tolerance
        FROM {ENTRIES} e
        JOIN accounting_entryline l ON {OF_ENTRY}
         AND l.vat_code_id IS NOT NULL
        WHERE e.kind <> 'opening'
        GROUP BY e.id, e.number, l.vat_code_id, l.vat_rate
    ), differing AS (
        SELECT g.id, g.number, c.code, CASE
            WHEN c.kind = 'acquisition' AND abs(g.owed + g.lawful) > g.tolerance THEN g.owed + g.lawful
            WHEN c.id = ANY (%(deducting)s)
             AND abs(g.tax - g.lawful * c.deductible_percent / 100) > g.tolerance
                THEN g.tax - g.lawful * c.deductible_percent / 100
            ELSE 0 END AS difference
        FROM groups g JOIN vat_vatcode c ON c.company_id = %(company)s AND c.id = g.vat_code_id
    )
    SELECT id, number, code, round(difference, 2), count(*) OVER (), sum(abs(difference)) OVER ()
    FROM differing WHERE difference <> 0 ORDER BY abs(difference) DESC, id LIMIT {NAMED}
"""  # noqa: S608 - only fixed text is put in
_TAKEN_OVER: Final = f"""
    SELECT i.side, sum(s.base), count(DISTINCT i.id)
    FROM {ENTRIES} e
    JOIN accounting_settlement s ON s.company_id = %(company)s AND s.entry_id = e.id
    JOIN accounting_openitem i ON i.company_id = %(company)s AND i.id = s.item_id
    JOIN accounting_journalentry d ON d.company_id = %(company)s AND d.id = i.entry_id
    LEFT JOIN accounting_settlement u ON u.company_id = %(company)s AND u.id = s.undoes_id
    WHERE d.kind = 'opening' AND coalesce(u.kind, s.kind) <> 'currency'
      AND NOT EXISTS (SELECT FROM accounting_entryline l WHERE l.company_id = %(company)s
                      AND l.entry_id = d.id AND l.vat_code_id IS NOT NULL)
      AND 'none' <> (SELECT v.method FROM vat_vatsettings v WHERE v.company_id = %(company)s
                     AND v.valid_from <= e.date ORDER BY v.valid_from DESC LIMIT 1)
    GROUP BY i.side HAVING sum(s.base) <> 0 ORDER BY i.side DESC
"""  # noqa: S608 - only fixed text is put in


def tax_of_base(look: Look) -> Iterator[Finding]:
    """Tax that is not what base, rate and deductible share give, such as tax typed by hand."""
    owing = next((a.pk for a in look.accounts.values()
                  if a.purpose == Account.Purpose.ACQUISITION_TAX), None)  # fmt: skip
    effective = look.scope.is_effective
    deducting = [
        pk for pk, code in look.codes.items()
        if effective and code.shipped.tax_box
        and (code.kind in _TAXED or (code.kind == CodeKind.ACQUISITION and code.shipped.input_purpose))
    ]  # fmt: skip
    rows = look.asked(_OFF, owing=owing, deducting=deducting,
                      tolerance=rule("tax_tolerance", look.one.end))  # fmt: skip
    if not rows:
        return
    count, amount = rows[0][4], rows[0][5]
    named = [
        _("%(number)s (%(code)s, %(amount)s)")
        % {"number": number, "code": code, "amount": chf(difference)}
        for _pk, number, code, difference, *_rest in rows
    ]
    yield Finding(
        "vat.tax_not_of_base",
        _("The tax of %(count)s entries does not match their base: %(entries)s. Reverse them, and post "
          "them anew, or accept tax that was billed so.")
        % {"count": count, "entries": enumerated(named, count)},
        link=look.entry([row[0] for row in rows]), link_text=_("Entries"), amount=chf(amount),
    )  # fmt: skip


def taken_over(look: Look) -> Iterator[Finding]:
    """With received consideration: payments of items that were taken over without VAT.

    What they bring counts nowhere; it is declared by an entry of its own.
    """
    if look.scope.basis != VatSettings.Basis.RECEIVED:
        return
    pages = {"receivables": "open-receivables", "payables": "open-payables"}
    for side, amount, count in look.asked(_TAKEN_OVER):
        yield Finding(
            f"vat.taken_over_{side}",
            _("%(count)s items over %(amount)s that were taken over have no VAT, and were paid in this "
              "time. Post their turnover or input tax with a code, if it was not declared before.")
            % {"count": count, "amount": chf(amount)},
            link=look.to(pages[side]), link_text=_("Open items"), amount=chf(amount),
        )  # fmt: skip


def difference(look: Look) -> Iterator[Finding]:
    """Declared tax beside the booked one, where more than rounding lies between them.

    Each tax line is rounded by half a centime at most.
    """
    found = look.found
    rounding = HALF_CENTIME * sum(one.taxed for one in look.moved)
    if look.scope.is_effective and not is_minor(found) and abs(found.difference) > rounding:
        yield Finding(
            "vat.declared_not_booked",
            _("Declared are %(declared)s, booked are %(booked)s: %(difference)s between them is more than "
              "rounding brings. Look for tax that does not match its base.")
            % {"declared": chf(found.declaration.payable), "booked": chf(found.booked),
               "difference": chf(found.difference)},
            link=look.journal(), link_text=_("Journal"), amount=chf(found.difference),
        )  # fmt: skip
