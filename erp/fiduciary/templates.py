"""Mandate templates (Mandatsvorlagen): taken from one client, applied to a new one.

What a new client has already stays as it is; what it lacks is added by the acts of its rooms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounting.ledger.charting import add_account
from accounting.ledger.models import Account
from accounting.receivables.models import DocumentText
from accounting.receivables.texts import save_text
from accounting.terms.models import Instalment, PaymentTerms
from accounting.terms.payment_terms import save_payment_terms
from erp.access.firms.models import Firm
from erp.access.gate import Access
from erp.access.permissions import Permission
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.texts import one_line
from erp.fiduciary.checklists import assign
from erp.fiduciary.models import ChecklistTemplate, MandateTemplate
from payroll.wage_types import saving
from payroll.wage_types.models import WageType
from vat.codes.catalogue import catalogue
from vat.codes.models import VatCode
from vat.codes.own import add_code

NAMES: Final = ("name_de", "name_fr", "name_it", "name_en")
OF_ACCOUNT: Final = ("number", *NAMES, "type", "or_position", "group_number", "currency",
                     "cost_centre_rule", "cost_object_rule", "valuation")  # fmt: skip
OF_TERMS: Final = ("code", *NAMES, "net_days", "discount_percent", "discount_days", "active")
OF_WAGE_TYPE: Final = tuple(name for name in saving.FIELDS if name not in {"account", "role"})


class NoTemplateName(DomainError):
    code = "templates.no_name"
    message = _("The template has no name. Give it one.")
    field = "name"


class TemplateNameTaken(DomainError):
    code = "templates.name_taken"
    message = _("There is a template “%(name)s” already. Choose another name.")
    field = "name"


class NothingToTake(DomainError):
    code = "templates.nothing_to_take"
    message = _("Nothing was chosen that the template shall hold. Choose one part at least.")
    field = "parts"


class RightMissing(DomainError):
    code = "templates.right_missing"
    message = _("“%(part)s” takes the right “%(right)s” in %(company)s. Leave it out, or let somebody do it "
                "who has the right.")  # fmt: skip
    field = "parts"


@dataclass(frozen=True)
class Part:
    """A part of a template: the rights to read and to write it, how it is read, and how added.

    ``add`` says how many rows a client lacked.
    """

    label: Any
    sees: Permission
    changes: Permission
    read: Callable[[Company], list[dict[str, Any]]]
    add: Callable[[Access, list[dict[str, Any]]], int]


def _values(row: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _accounts(company: Company) -> list[dict[str, Any]]:
    """Accounts that nothing is booked to by the program itself: those every company has."""
    rows = Account.of(company).filter(purpose="", control="").select_related("vat_code")
    return [
        _values(row, OF_ACCOUNT) | {"vat_code": row.vat_code.code if row.vat_code else ""}
        for row in rows.order_by("number")
    ]


def _add_accounts(access: Access, rows: list[dict[str, Any]]) -> int:
    there = set(Account.of(access.company).values_list("number", flat=True))
    codes = {one.code: one for one in VatCode.of(access.company)}
    new = [row for row in rows if row["number"] not in there]
    for row in new:
        add_account(company=access.company, by=access.user,
                    **(row | {"vat_code": codes.get(row["vat_code"])}))  # fmt: skip
    return len(new)


def _vat_codes(company: Company) -> list[dict[str, Any]]:
    rows = VatCode.of(company).exclude(code__in=catalogue()).order_by("position", "code")
    return [_values(row, ("code", "catalogue_code", "deductible_percent", *NAMES)) for row in rows]


def _add_vat_codes(access: Access, rows: list[dict[str, Any]]) -> int:
    there = set(VatCode.of(access.company).values_list("code", flat=True))
    new = [row for row in rows if row["code"] not in there]
    for row in new:
        add_code(
            company=access.company, by=access.user, code=row["code"], based_on=row["catalogue_code"],
            names={name: row[name] for name in NAMES},
            deductible_percent=Decimal(row["deductible_percent"]),
        )  # fmt: skip
    return len(new)


def _terms(company: Company) -> list[dict[str, Any]]:
    rows = PaymentTerms.of(company).order_by("code")
    return [_values(row, (*OF_TERMS, "instalments")) for row in rows]


def _add_terms(access: Access, rows: list[dict[str, Any]]) -> int:
    there = set(PaymentTerms.of(access.company).values_list("code", flat=True))
    new = [row for row in rows if row["code"] not in there]
    for row in new:
        told = {name: row[name] for name in OF_TERMS}
        percent = told["discount_percent"]
        told["discount_percent"] = Decimal(percent) if percent is not None else None
        parts = [Instalment(Decimal(share), days) for share, days in row["instalments"]]
        save_payment_terms(
            company=access.company, by=access.user, instalments=parts or None, **told
        )
    return len(new)


def _texts(company: Company) -> list[dict[str, Any]]:
    return [
        _values(row, ("kind", "language", "intro", "closing")) for row in DocumentText.of(company)
    ]


def _add_texts(access: Access, rows: list[dict[str, Any]]) -> int:
    there = set(DocumentText.of(access.company).values_list("kind", "language"))
    new = [row for row in rows if (row["kind"], row["language"]) not in there]
    for row in new:
        save_text(company=access.company, by=access.user, **row)
    return len(new)


def _wage_types(company: Company) -> list[dict[str, Any]]:
    """Types of the company's own, which others may be a percentage of."""
    rows = WageType.of(company).filter(is_shipped=False, role="").select_related("account")
    return [
        _values(row, OF_WAGE_TYPE) | {"account": row.account.number if row.account else ""}
        for row in rows.order_by("number")
    ]


def _add_wage_types(access: Access, rows: list[dict[str, Any]]) -> int:
    there = set(WageType.of(access.company).values_list("number", flat=True))
    accounts = {one.number: one for one in Account.of(access.company)}
    new = [row for row in rows if row["number"] not in there]
    for row in sorted(
        new, key=lambda one: bool(one["of_types"])
    ):  # what others rest on comes first
        percent = row["percent"]
        told = row | {"account": accounts.get(row["account"]),
                      "percent": Decimal(percent) if percent is not None else None}  # fmt: skip
        saving.save_type(company=access.company, by=access.user, **told)
    return len(new)


#: In the order in which they are added: accounts name VAT codes, wage types name accounts.
PARTS: Final[Mapping[str, Part]] = {
    "vat_codes": Part(_("Own VAT codes"), Permission.VAT_READ, Permission.VAT_CHANGE, _vat_codes,
                      _add_vat_codes),
    "accounts": Part(_("Accounts"), Permission.LEDGER_READ, Permission.CHART_CHANGE, _accounts,
                     _add_accounts),
    "terms": Part(_("Payment terms"), Permission.RECEIVABLES_READ, Permission.RECEIVABLES_SETTINGS,
                  _terms, _add_terms),
    "texts": Part(_("Texts of documents"), Permission.RECEIVABLES_READ,
                  Permission.RECEIVABLES_SETTINGS, _texts, _add_texts),
    "wage_types": Part(_("Own wage types"), Permission.PAYROLL_READ, Permission.PAYROLL_SETTINGS,
                       _wage_types, _add_wage_types),
}  # fmt: skip


@transaction.atomic
def take(
    *, firm: Firm, access: Access, name: str, parts: Iterable[str],
    checklist: ChecklistTemplate | None = None,
) -> MandateTemplate:  # fmt: skip
    """Make a template from a client (Mandatsvorlage ziehen), which is open by ``in_client``.

    Raises ``NoTemplateName``, ``TemplateNameTaken``, ``NothingToTake``, ``RightMissing``,
    ``NotOneLine`` or ``LineTooLong``.
    """
    name = one_line(name, field="name", most=80)
    if not name:
        raise NoTemplateName
    wanted = [key for key in PARTS if key in set(parts)]
    if not wanted and checklist is None:
        raise NothingToTake
    if MandateTemplate.of_firm(firm).filter(name=name).exists():
        raise TemplateNameTaken(name=name)
    for key in wanted:
        _require(access, key, PARTS[key].sees)
    return MandateTemplate.unscoped.create(
        firm=firm, name=name, checklist=checklist, made_from=access.company.name[:120],
        made_at=clock.now(), made_by=access.user,
        content={key: PARTS[key].read(access.company) for key in wanted},
    )  # fmt: skip


@transaction.atomic
def apply(template: MandateTemplate, *, access: Access) -> dict[str, int]:
    """Give a client what it lacks of a template (Vorlage anwenden): all of it, or nothing.

    The client is open by ``in_client``. Returns how much was added by part. Raises ``RightMissing``
    and what the acts of the rooms raise.
    """
    added: dict[str, int] = {}
    for key, part in PARTS.items():
        if rows := template.content.get(key):
            _require(access, key, part.changes)
            added[key] = part.add(access, rows)
    if template.checklist is not None:
        assign(firm=template.firm, company=access.company, template=template.checklist)
    return added


def _require(access: Access, key: str, right: Permission) -> None:
    if not access.may(right):
        raise RightMissing(part=PARTS[key].label, right=right.label, company=access.company)
