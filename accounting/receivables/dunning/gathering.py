"""What planning asks of the books (Mahnvorschlag): open items, customers, procedures of a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import replace
from decimal import Decimal

from django.db.models import F, Prefetch

from accounting.open_items.models import OpenItem, Settlement, Side
from accounting.open_items.queries import OpenRow, open_on
from accounting.receivables import parties
from accounting.receivables.dunning import planning
from accounting.receivables.dunning.models import (
    CustomerDunning,
    DunningFee,
    DunningLevel,
    DunningNotice,
    DunningNoticeItem,
    DunningProcedure,
    DunningRun,
    DunningText,
    ItemStop,
)
from accounting.receivables.dunning.values import (
    Customer,
    Level,
    Owed,
    Plan,
    Rules,
    Sent,
    Stop,
)
from contacts.models import Communication, Contact, ContactAddress
from erp.companies.models import Company
from erp.core import clock


def plan_on(
    company: Company, day: dt.date, *, run: DunningRun | None = None, contact: int | None = None
) -> Plan:
    """What would be dunned on a day, and why: a fixed number of queries, whatever is open.

    Of a day gone by, what was settled since is not dunned any more. ``run`` is a draft that leaves
    some out, ``contact`` one customer alone.
    """
    known = max(day, clock.today())
    rows = open_on(company, known, Side.RECEIVABLES, contact=contact)
    return planning.plan(
        day,
        items=_owed(company, day, rows, known),
        customers=customers_of(company, {row.contact for row in rows if row.contact}, day),
        left_out_items=run.left_out_items if run else (),
        left_out_customers=run.left_out_customers if run else (),
    )


def _owed(company: Company, day: dt.date, rows: list[OpenRow], known: dt.date) -> list[Owed]:
    """Open items with all that planning asks about them: five queries."""
    ids = [row.id for row in rows if row.open > 0 and row.due_date < day]
    if not ids:
        return [_plain(row) for row in rows]
    fees = DunningNotice.of(company).filter(fee_entry__isnull=False).values("fee_entry")
    told = OpenItem.of(company).filter(pk__in=ids)
    more = {item.pk: item for item in told.only("discount_percent", "discount_until")}
    fee_items = set(
        OpenItem.of(company).filter(pk__in=ids, entry__in=fees).values_list("pk", flat=True)
    )
    late: dict[int, list[tuple[dt.date, Decimal]]] = {}
    paid = Settlement.of(company).filter(
        item__in=ids, kind=Settlement.Kind.PAYMENT, date__gt=F("item__due_date"), date__lte=known,
        undone_by=None,
    )  # fmt: skip
    for item, on, amount in paid.order_by("date", "pk").values_list("item", "date", "amount"):
        late.setdefault(item, []).append((on, amount))
    sent = last_levels(company, ids)
    stops = stops_of(company, ids)
    found = []
    for row in rows:
        owed = _plain(row)
        if row.id in more:
            stop = stops.get(row.id)
            owed = replace(
                owed, discount_percent=more[row.id].discount_percent,
                discount_until=more[row.id].discount_until, is_fee=row.id in fee_items,
                late=tuple(late.get(row.id, ())), sent=sent.get(row.id),
                stop=Stop(stop.kind, stop.text, stop.until) if stop else None,
            )  # fmt: skip
        found.append(owed)
    return found


def _plain(row: OpenRow) -> Owed:
    return Owed(row.id, row.contact, row.party, row.document, row.document_date, row.due_date,
                row.currency, row.amount, row.open, row.reference)  # fmt: skip


def last_levels(company: Company, items: Iterable[int]) -> dict[int, Sent]:
    """The last level each item was dunned with; what was cancelled does not count. One query."""
    rows = DunningNoticeItem.of(company).filter(
        item__in=list(items), is_cancelled=False, step__isnull=False
    )
    told = rows.order_by("item", "step").values_list("item", "step", "date", "pay_until")
    return {item: Sent(step or 0, date, until) for item, step, date, until in told}


def stops_of(company: Company, items: Iterable[int]) -> dict[int, ItemStop]:
    """The stops in force, by item; one that has run out is among them until it is lifted."""
    rows = ItemStop.of(company).filter(item__in=list(items), lifted_at=None)
    return {stop.item_id: stop for stop in rows}


def customers_of(company: Company, ids: Collection[int], day: dt.date) -> dict[int, Customer]:
    """How customers are dunned, in what language, and where a letter can go."""
    if not ids:
        return {}
    rules = rules_of(company)
    default = next((one for one, is_default in rules.values() if is_default), Rules())
    own = {row.contact_id: row for row in CustomerDunning.of(company).filter(contact__in=ids)}
    found = {}
    for contact in contacts_of(company, ids):
        terms = own.get(contact.pk)
        mine = rules[terms.procedure_id][0] if terms and terms.procedure_id else default
        stop = None
        if terms and terms.stop_kind:
            stop = Stop(terms.stop_kind, terms.stop_reason, terms.stopped_until)
        address = parties.address_of(contact, day)
        found[contact.pk] = Customer(
            contact.pk,
            contact.name,
            contact.language,
            mine,
            stop,
            mail_of(contact),
            address is not None,
        )
    return found


def contacts_of(company: Company, ids: Collection[int]) -> list[Contact]:
    """Contacts with addresses and ways to reach them: three queries."""
    rows = Contact.of(company).filter(pk__in=list(ids)).select_related("company")
    rows = rows.prefetch_related(
        Prefetch("addresses", ContactAddress.unscoped.order_by("pk")),
        Prefetch("communications", Communication.unscoped.order_by("position", "pk")),
    )  # fmt: skip
    return list(rows)


def mail_of(contact: Contact) -> str:
    """The first mail address of a contact whose ways to reach it were read."""
    return next((one.value for one in contact.communications.all()
                 if one.kind == Communication.Kind.MAIL), "")  # fmt: skip


def rules_of(company: Company) -> dict[int, tuple[Rules, bool]]:
    """The procedures as planning takes them, and whether each is the one for all: three queries."""
    found = {}
    for procedure in procedures(company):
        levels = tuple(
            Level(
                row.step, row.days_after_due, row.days_after_step, row.period,
                {fee.currency: fee.amount for fee in row.fees.all()}, row.interest,
                row.interest_percent, row.channel, row.pk,
            )
            for row in procedure.levels.all()
        )  # fmt: skip
        rules = Rules(str(procedure), levels, procedure.minimum, procedure.post_fees)
        found[procedure.pk] = (rules, procedure.is_default)
    return found


def procedures(company: Company) -> list[DunningProcedure]:
    """All procedures with levels, fees and texts, the one for all first."""
    levels = DunningLevel.unscoped.order_by("step").prefetch_related(
        Prefetch("fees", DunningFee.unscoped.order_by("currency")),
        Prefetch("texts", DunningText.unscoped.order_by("language")),
    )
    rows = DunningProcedure.of(company).order_by("-is_default", "code")
    return list(rows.select_related("company").prefetch_related(Prefetch("levels", levels)))
