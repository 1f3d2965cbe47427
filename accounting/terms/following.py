"""What becomes of terms when contacts are merged (Konditionen zusammenführen)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounting.terms.agreeing import CUSTOMER_FIELDS, SUPPLIER_FIELDS, Terms
from accounting.terms.models import CustomerTerms, SupplierTerms
from contacts import merging, panels
from contacts.models import Contact
from erp.access.gate import Access
from erp.access.permissions import Permission


def register() -> None:
    """Tell contacts that there are terms: they follow, and have pages of their own."""
    merging.register("terms", follow, has_any, label=_("terms agreed with it"))
    for name, label, permission in (
        ("customer-terms", _("Customer's terms"), Permission.RECEIVABLES_READ),
        ("supplier-terms", _("Supplier's terms"), Permission.PAYABLES_READ),
    ):
        panels.register_link(name, label=label, permission=permission, address=partial(_page, name))


def _page(name: str, access: Access, contact: Contact) -> str:
    return reverse(name, args=[access.company.pk, contact.pk])


def has_any(contact: Contact) -> bool:
    """Agreements are kept: a contact that has some is archived, not deleted, until they are taken back."""
    return any(
        model.of(contact.company_id).filter(contact=contact).exists()
        for model in (CustomerTerms, SupplierTerms)
    )


def follow(keep: Contact, gone: Contact) -> int:
    """Terms go along; where both contacts have some, the kept one's stay, and only gaps are filled.

    What differs is written to the note, so that nothing is lost.
    """
    return _follow(CustomerTerms, CUSTOMER_FIELDS, keep, gone) + _follow(
        SupplierTerms, SUPPLIER_FIELDS, keep, gone
    )


def _follow(model: type[Terms], fields: Iterable[str], keep: Contact, gone: Contact) -> int:
    rows = {row.contact_id: row for row in
            model.of(keep.company_id).filter(contact__in=(keep, gone))}  # fmt: skip
    old, mine = rows.get(gone.pk), rows.get(keep.pk)
    if old is None:
        return 0
    if mine is None:
        old.contact = keep
        old.save(update_fields=["contact"])
        return 1
    differing = [str(old._meta.get_field(name).verbose_name) + ": " + _told(old, name)  # type: ignore[union-attr]
                 for name in fields if not _fill(mine, old, name)]  # fmt: skip
    notes = [mine.note, old.note if old.note != mine.note else ""]
    if differing:
        notes.append(f"{gone.number}: " + ", ".join(differing))
    mine.note = "\n\n".join(filter(None, notes))
    mine.version += 1
    mine.save()
    old.delete()
    return 1


def _fill(mine: Terms, old: Terms, name: str) -> bool:
    """Fill a gap; False where both say something, and not the same."""
    value, there = getattr(old, name), getattr(mine, name)
    if name == "note" or not value or value == there:
        return True
    if there:
        return False
    setattr(mine, name, value)
    return True


def _told(row: Terms, name: str) -> Any:
    shown = getattr(row, f"get_{name}_display", None)
    return str(shown() if shown else getattr(row, name))
