"""Stopping to dun a customer or an item (Mahnstopp), and going on."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounting.open_items.models import OpenItem, Side
from accounting.receivables.dunning.models import (
    CustomerDunning,
    DunningNotice,
    DunningProcedure,
    ItemStop,
    StopKind,
)
from contacts import merging, panels
from contacts.models import Contact
from erp.access.gate import Access
from erp.access.models import User
from erp.access.permissions import Permission
from erp.audit import trail
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.texts import one_line


class NotAClaim(DomainError):
    code = "dunning.not_a_claim"
    message = _("Item %(item)s is nothing a customer owes. Choose an open item of a debtor.")
    field = "item"


class StoppedAlready(DomainError):
    code = "dunning.stopped_already"
    message = _("Item %(item)s is stopped already (%(kind)s). Lift that stop first.")
    field = "item"
    conflict = True


class NotStopped(DomainError):
    code = "dunning.not_stopped"
    message = _("Item %(item)s is not stopped; there is nothing to lift.")
    field = "item"
    conflict = True


class ReasonMissing(DomainError):
    code = "dunning.reason_missing"
    message = _("Say why it is stopped: “other reason” needs a few words.")
    field = "text"


class NoStopKind(DomainError):
    code = "dunning.no_stop_kind"
    message = _("“%(value)s” is no kind of stop. Choose one of %(known)s.")
    field = "kind"


@transaction.atomic
def stop_item(
    item: OpenItem, *, kind: str, by: User, text: str = "", until: dt.date | None = None
) -> ItemStop:
    """Do not dun an item, until a day or until the stop is lifted.

    Raises ``NotAClaim``, ``StoppedAlready``, ``ReasonMissing`` or ``NoStopKind``.
    """
    text = _reason(kind, text)
    held = OpenItem.of(item.company_id).select_for_update().get(pk=item.pk)
    if held.side != Side.RECEIVABLES or held.amount <= 0:
        raise NotAClaim(item=str(held))
    before = ItemStop.of(item.company_id).filter(item=held, lifted_at=None).first()
    if before is not None:
        if before.until is None or before.until >= clock.today():
            raise StoppedAlready(item=str(held), kind=before.get_kind_display())
        _lift(before, by)  # it has run out
    stop = ItemStop.unscoped.create(company=item.company, item=held, kind=kind, text=text,
                                    until=until, created_at=clock.now(), created_by=by)  # fmt: skip
    trail.record(company=item.company, by=by, action="item.stop_dunning", subject=held,
                 details=trail.filled({"kind": kind, "reason": text, "until": until}))  # fmt: skip
    return stop


@transaction.atomic
def lift_item_stop(item: OpenItem, *, by: User) -> None:
    """Dun an item again. Raises ``NotStopped``."""
    held = OpenItem.of(item.company_id).select_for_update().get(pk=item.pk)
    stop = ItemStop.of(item.company_id).filter(item=held, lifted_at=None).first()
    if stop is None:
        raise NotStopped(item=str(held))
    _lift(stop, by)
    trail.record(company=item.company, by=by, action="item.dun_again", subject=held,
                 details=trail.filled(trail.values(stop, "kind", "text")))  # fmt: skip


@transaction.atomic
def set_customer(
    contact: Contact, *, by: User, procedure: DunningProcedure | None = None, stop_kind: str = "",
    stop_reason: str = "", stopped_until: dt.date | None = None,
) -> CustomerDunning:  # fmt: skip
    """Say how a customer is dunned; all that is left out is as for everybody.

    Raises ``ReasonMissing`` or ``NoStopKind``.
    """
    reason = _reason(stop_kind, stop_reason) if stop_kind else ""
    list(Contact.of(contact.company_id).select_for_update(no_key=True).filter(pk=contact.pk))
    row = CustomerDunning.of(contact.company_id).filter(contact=contact).first()
    row = row or CustomerDunning(company=contact.company, contact=contact)
    names = ("procedure", "stop_kind", "stop_reason", "stopped_until")
    before = trail.values(row, *names)
    row.procedure, row.stop_kind, row.stop_reason = procedure, stop_kind, reason
    row.stopped_until = stopped_until if stop_kind else None
    row.changed_at, row.changed_by = clock.now(), by
    row.save()
    if changes := trail.changes(before, trail.values(row, *names)):
        trail.record(company=contact.company, by=by, action="contact.set_dunning",
                     subject=contact, details=changes)  # fmt: skip
    return row


def register() -> None:
    """Tell contacts that there is dunning: it follows when they are merged, and has a page."""
    merging.register("dunning", follow, has_any, label=_("Dunning letters"))
    panels.register_link("customer-dunning", label=_("Dunning"), address=_page,
                         permission=Permission.RECEIVABLES_READ)  # fmt: skip


def _page(access: Access, contact: Contact) -> str:
    return reverse("customer-dunning", args=[access.company.pk, contact.pk])


def follow(keep: Contact, gone: Contact) -> int:
    """Let what is known of a contact's dunning follow when it is merged into another."""
    moved = DunningNotice.of(keep.company_id).filter(contact=gone).update(contact=keep)
    theirs = CustomerDunning.of(keep.company_id).filter(contact=gone)
    if CustomerDunning.of(keep.company_id).filter(contact=keep).exists():
        return moved + theirs.delete()[0]
    return moved + theirs.update(contact=keep)


def has_any(contact: Contact) -> bool:
    """Whether dunning knows a contact, which then is kept."""
    company = contact.company_id
    return (
        DunningNotice.of(company).filter(contact=contact).exists()
        or CustomerDunning.of(company).filter(contact=contact).exists()
    )


def _lift(stop: ItemStop, by: User) -> None:
    stop.lifted_at, stop.lifted_by = clock.now(), by
    stop.save(update_fields=["lifted_at", "lifted_by"])


def _reason(kind: str, text: str) -> str:
    if kind not in StopKind.values:
        raise NoStopKind(value=kind[:20], known=", ".join(StopKind.values))
    text = one_line(text, field="text", most=200)
    if kind == StopKind.OTHER and not text:
        raise ReasonMissing
    return text
