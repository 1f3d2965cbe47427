"""Contacts to take along (Adressen exportieren): CSV and XLSX that can be imported again, vCards."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts import queries, vcard
from contacts.columns import COLUMNS, OF_ADDRESS, OF_CONTACT, OF_REACH
from contacts.models import Contact
from contacts.phones import format_phone
from erp.access.gate import Access
from erp.audit import access_log
from erp.audit.models import AccessLogEntry
from erp.core import clock
from erp.core.display import swiss_date
from erp.core.errors import DomainError
from erp.core.identifiers import format_uid
from erp.own_fields import lists as own_fields
from erp.web.export import Table, file_of, table

MOST_EXPORTED: Final = 50_000
VCARD: Final = "text/vcard; charset=utf-8"
FORMS: Final = ("csv", "xlsx", "vcf")


class TooMany(DomainError):
    code = "contacts.too_many"
    message = gettext_lazy("More than %(limit)s contacts are too many for one file. Choose a group, or "
                           "search.")  # fmt: skip


def answer(form: str, contacts: QuerySet[Contact], *, access: Access) -> HttpResponse:
    """Contacts as ``csv``, ``xlsx`` or ``vcf``, noted in the access log. Another form is a 404."""
    if form not in FORMS:
        raise Http404
    rows = list(queries.with_parts(contacts).prefetch_related("bank_accounts")
                .order_by("sort_name", "pk")[: MOST_EXPORTED + 1])  # fmt: skip
    if len(rows) > MOST_EXPORTED:
        raise TooMany(limit=MOST_EXPORTED)
    access_log.note(company=access.company, by=access.user, subject=Contact,
                    kind=AccessLogEntry.Kind.EXPORT, count=len(rows))  # fmt: skip
    if form == "vcf":
        made, kind, name = vcard.write(rows), VCARD, f"{access.company.short_name}-contacts.vcf"
    else:
        made, kind, name = file_of(form, _table(rows, access), company=access.company)
    response = HttpResponse(made, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _table(contacts: list[Contact], access: Access) -> Table:
    own = own_fields.fields_of(access.company, Contact.OWN_FIELDS)
    today = clock.today()
    rows: list[list[Any]] = []
    for contact in contacts:
        address = queries.main_address(contact, today)
        reached: dict[str, str] = {}
        for one in contact.communications.all():
            text = (
                format_phone(one.value, abroad=True) if one.kind in queries.REACHED else one.value
            )
            reached.setdefault(one.kind, text)
        values = {
            "number": contact.number, "kind": contact.kind, "uid": format_uid(contact.uid),
            **{name: getattr(contact, name) for name in OF_CONTACT if name != "uid"},
            **{name: getattr(address, name, "") for name in OF_ADDRESS},
            **{kind: reached.get(kind, "") for kind in OF_REACH},
            "iban": next((one.iban for one in contact.bank_accounts.all()), ""),
            "groups": ", ".join(one.group.code for one in contact.memberships.all()),
        }  # fmt: skip
        if not contact.is_organisation:
            values["name"] = ""
        rows.append([
            *(values[name] for name in COLUMNS),
            *own_fields.cells(own, contact.own_values),
        ])  # fmt: skip
    head = [*COLUMNS, *own_fields.heads(own)]
    return table(title=_("Contacts"), subtitle=swiss_date(today), head=head, rows=rows,
                 name="contacts", wide=True)  # fmt: skip
