"""Rates on lines beside the law's on the day of supply (Steuersätze)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext as _

from erp.core.display import chf
from vat.codes.models import CodeKind
from vat.returns.checking.looking import ENTRIES, NAMED, OF_ENTRY, Look, enumerated
from vat.returns.findings import Finding
from vat.returns.form import missing_boxes

_KINDS: Final = (CodeKind.OUTPUT, CodeKind.DISCOUNT, CodeKind.INPUT, CodeKind.ACQUISITION)
_OTHER: Final = f"""
    SELECT g.id, g.number, g.rate, g.lawful, g.base, count(*) OVER (), sum(abs(g.base)) OVER (), g.known
    FROM (
        SELECT e.id, e.number, l.vat_rate AS rate, r.percent AS lawful, sum(l.vat_base) AS base,
               EXISTS (SELECT FROM vat_vatrate k
                       WHERE k.rate_class = c.rate_class AND k.percent = l.vat_rate) AS known
        FROM {ENTRIES} e
        JOIN accounting_entryline l ON {OF_ENTRY}
         AND l.vat_code_id IS NOT NULL AND l.vat_part = 'B'
        JOIN vat_vatcode c ON c.company_id = %(company)s AND c.id = l.vat_code_id
        LEFT JOIN vat_vatrate r ON r.rate_class = c.rate_class AND r.valid_from <= l.supply_date
         AND (r.valid_to IS NULL OR r.valid_to >= l.supply_date)
        WHERE c.kind = ANY (%(kinds)s) AND c.rate_class <> 'none' AND e.kind <> 'opening'
          AND l.vat_rate IS DISTINCT FROM r.percent
        GROUP BY e.id, e.number, l.vat_rate, r.percent, c.rate_class
    ) g ORDER BY abs(g.base) DESC, g.id LIMIT {NAMED}
"""  # noqa: S608 - only fixed text is put in


def unknown_rates(look: Look) -> Iterator[Finding]:
    """A rate that no box of the form takes, because the law never knew it."""
    found = look.found
    for one in missing_boxes(found.sums, found.rate_boxes):
        if one.net or one.gross:
            yield Finding(
                "vat.rate_never_existed",
                _("Code %(code)s stands at %(rate)s %%, a rate the law never knew, on %(amount)s. Reverse "
                  "the entries, and post them with the rate of the day of supply.")
                % {"code": one.code, "rate": one.rate, "amount": chf(-one.net)},
                is_error=True, link=look.journal(), link_text=_("Journal"), amount=chf(-one.net),
            )  # fmt: skip


def other_rates(look: Look) -> Iterator[Finding]:
    """Another rate than the law's on the day of supply; the old one for late supplies is right."""
    rows = look.asked(_OTHER, kinds=[str(kind) for kind in _KINDS])
    if not rows:
        return
    named = [
        _("%(number)s (%(rate)s %% instead of %(lawful)s %%)")
        % {"number": number, "rate": rate, "lawful": "–" if lawful is None else lawful}
        for _pk, number, rate, lawful, *_rest in rows
    ]
    count, amount = rows[0][5], rows[0][6]
    yield Finding(
        "vat.rate_not_of_supply_date",
        _("The rate of %(count)s entries is not that of their day of supply: %(entries)s. Check rate and "
          "day of supply.") % {"count": count, "entries": enumerated(named, count)},
        link=look.entry([row[0] for row in rows]), link_text=_("Entries"), amount=chf(amount),
    )  # fmt: skip
