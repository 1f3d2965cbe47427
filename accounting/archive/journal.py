"""The journal of a year as it was sealed, and for people; page by page in the order of the chain."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from accounting.archive.names import Names
from accounting.archive.tables import rows_as_csv
from accounting.ledger import chain
from accounting.ledger.models import EntryLine, FiscalYear, JournalEntry
from accounting.ledger.posting import LINE_COLUMNS
from erp.access.models import User
from erp.companies.models import Company

HEAD: Final = (
    "number", "series", "position", "date", "kind", "voucher", "entry_text", "line", "account",
    "account_name", "text", "debit", "credit", "currency", "amount_foreign", "cost_centre",
    "cost_object", "vat_code", "vat_part", "vat_rate", "vat_base", "supply_date", "source",
    "reverses", "posted_at", "posted_by",
)  # fmt: skip
_ENTRY = ("pk", "chain_position", "number", "series", "content_digest", "chain_digest", "date", "kind",
          "text", "voucher", "source", "source_key", "reverses_id", "posted_by_id", "posted_at",
          "reverses__number", "reverses__fiscal_year__name", "posted_by__came_with",
          "posted_by__sealed_as")  # fmt: skip
_SEALED = """
    SELECT v.entry_id, f.digest::text FROM accounting_entryvoucher v
    JOIN erp_storedfile f ON f.company_id = v.company_id AND f.id = v.file_id
    WHERE v.company_id = %s AND v.entry_id = ANY(%s) AND v.sealed
"""


@dataclass
class JournalPage:
    """Some entries in both forms; ``after`` is the place of the last, None behind the last of all."""

    sealed: bytes
    readable: bytes
    after: int | None
    entries: int
    lines: int
    debit: Decimal
    people: set[int]


def journal_page(
    company: Company, year: FiscalYear, names: Names, *, after: int, until: int, size: int,
    is_first: bool,
) -> JournalPage:  # fmt: skip
    """The year's next entries behind a place in the chain; three queries for any number."""
    rows = JournalEntry.of(company).filter(
        fiscal_year=year, chain_position__gt=after, chain_position__lte=until
    )
    heads = [dict(zip(_ENTRY, row, strict=True))
             for row in rows.order_by("chain_position").values_list(*_ENTRY)[:size]]  # fmt: skip
    ids = [head["pk"] for head in heads]
    lines, sealed = _lines(company, ids), _vouchers(company, ids)
    forms, table = list[str](), list[Sequence[Any]]()
    for head in heads:
        own = lines[head["pk"]]
        forms.append(_as_sealed(company, year, head, own, sealed[head["pk"]]))
        table += _as_table(company, head, own, names)
    return JournalPage(
        "".join(forms).encode(), rows_as_csv(table, head=HEAD if is_first else ()),
        heads[-1]["chain_position"] if len(heads) == size else None, len(heads), len(table),
        sum((line[2] for own in lines.values() for line in own), Decimal(0)),
        {head["posted_by_id"] for head in heads},
    )  # fmt: skip


def _lines(company: Company, ids: Sequence[int]) -> dict[int, list[tuple[Any, ...]]]:
    found = defaultdict[int, list[tuple[Any, ...]]](list)
    rows = EntryLine.of(company).filter(entry__in=ids).order_by("entry_id", "position")
    for entry, *line in rows.values_list("entry_id", *LINE_COLUMNS):
        found[entry].append(tuple(line))
    return found


def _vouchers(company: Company, ids: Sequence[int]) -> dict[int, list[str]]:
    found = defaultdict[int, list[str]](list)
    with connection.cursor() as cursor:
        cursor.execute(_SEALED, [company.pk, list(ids)])
        for entry, digest in cursor.fetchall():
            found[entry].append(digest)
    return found


def _doer(company: Company, head: Mapping[str, Any]) -> int:
    """Who posted, as seals name them."""
    return User(
        pk=head["posted_by_id"], came_with_id=head["posted_by__came_with"],
        sealed_as=head["posted_by__sealed_as"],
    ).seal_number(company)  # fmt: skip


def _as_sealed(
    company: Company, year: FiscalYear, head: dict[str, Any], lines: Sequence[Sequence[Any]],
    vouchers: Iterable[str],
) -> str:  # fmt: skip
    """A line of JSON: what the entry says in its canonical form, its place, and both digests."""
    form = chain.canonical(
        company=company.seal_number, fiscal_year=year.pk, lines=lines, vouchers=vouchers,
        reverses=head["reverses_id"], posted_by=_doer(company, head),
        **{name: head[name]
           for name in ("date", "kind", "text", "voucher", "source", "source_key", "posted_at")},
    )  # fmt: skip
    return json.dumps({
        "id": head["pk"], "position": head["chain_position"], "number": head["number"],
        "series": head["series"], "entry": form,
        "content_digest": bytes(head["content_digest"]).hex(),
        "chain_digest": bytes(head["chain_digest"]).hex(),
    }, ensure_ascii=False) + "\n"  # fmt: skip


def _as_table(
    company: Company, head: dict[str, Any], lines: Sequence[Sequence[Any]], names: Names
) -> list[Sequence[Any]]:
    reverses = f"{head['reverses__fiscal_year__name']}/{head['reverses__number']}"
    return [
        (head["number"], head["series"], head["chain_position"], head["date"], head["kind"],
         head["voucher"], head["text"], position, names.account(account),
         names.accounts[account].name, text or head["text"], debit, credit, currency, foreign,
         names.centre(centre), names.object(object_), names.code(code), part, rate, base, supplied,
         head["source"], reverses if head["reverses_id"] else "",
         head["posted_at"].isoformat(timespec="microseconds"), _doer(company, head))
        for (position, account, debit, credit, text, currency, foreign, centre, object_, code, part,
             rate, base, supplied) in lines
    ]  # fmt: skip


def links_page(company: Company, *, after: int, until: int, size: int) -> tuple[bytes, int | None]:
    """The chain's next links, of whatever year: places, numbers and digests, nothing of what they say."""
    rows = JournalEntry.of(company).filter(chain_position__gt=after, chain_position__lte=until)
    columns = ("chain_position", "number", "fiscal_year_id", "content_digest", "chain_digest")
    found = list(rows.order_by("chain_position").values_list(*columns)[:size])
    written = "".join(
        json.dumps({"position": place, "number": number, "fiscal_year": year,
                    "content_digest": bytes(content).hex(), "chain_digest": bytes(link).hex()})
        + "\n"
        for place, number, year, content, link in found
    )  # fmt: skip
    return written.encode(), found[-1][0] if len(found) == size else None
