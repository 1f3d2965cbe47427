"""What is agreed with a customer or supplier (Konditionen): said, changed, taken back."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounting.ledger.models import Account
from accounting.terms.models import CustomerTerms, SupplierTerms
from contacts import saving
from contacts.models import Contact
from contacts.phones import parse_mail
from contacts.rows import clean_text
from erp.access.models import User
from erp.audit import trail
from erp.core import clock
from erp.core.errors import DomainError, Refusals, called
from erp.core.texts import one_line
from erp.reference.models import Currency
from vat.codes.breakdown import CodeInactive
from vat.codes.models import CodeKind

CUSTOMER_FIELDS: Final = (
    "payment_terms", "currency", "basis", "discount_percent", "credit_limit", "account",
    "income_account", "vat_code", "delivery", "mail", "ebill", "our_number", "note",
)  # fmt: skip
SUPPLIER_FIELDS: Final = (
    "payment_terms", "currency", "account", "expense_account", "vat_code", "cost_centre",
    "our_number", "blocked", "note",
)  # fmt: skip
#: What VAT codes of sales and purchases say about a line.
OF_SALES: Final = frozenset({CodeKind.OUTPUT, CodeKind.OTHER})
OF_PURCHASES: Final = frozenset(
    {CodeKind.INPUT, CodeKind.IMPORT, CodeKind.ACQUISITION, CodeKind.OTHER}
)
#: Where income and costs are booked by hand.
SOLD_ON: Final = frozenset({Account.Type.INCOME})
BOUGHT_ON: Final = frozenset({Account.Type.EXPENSE, Account.Type.ASSET})
_LINES: Final = {"ebill": 90, "our_number": 40, "blocked": 200}

Terms = CustomerTerms | SupplierTerms


class TermsChanged(DomainError):
    code = "terms.changed"
    message = _("The terms of %(name)s were changed by somebody else meanwhile. Look at them again, and "
                "repeat what is still missing.")  # fmt: skip
    conflict = True


class TermsThere(DomainError):
    code = "terms.there"
    message = _("There are terms of %(name)s already. Change those.")
    field = "contact"
    conflict = True


class WrongControl(DomainError):
    code = "terms.wrong_control"
    message = _("Account %(value)s is not the control account of this side. Choose one that is owned by "
                "“%(side)s” in the chart.")  # fmt: skip
    field = "account"


class WrongKind(DomainError):
    code = "terms.wrong_kind"
    message = _("Nothing is written to account %(value)s here: it is of the type %(kind)s, a control "
                "account, or blocked. Choose another.")  # fmt: skip
    field = "income_account"


class WrongCode(DomainError):
    code = "terms.wrong_code"
    message = _("VAT code %(value)s is for “%(kind)s”, which does not fit here. Choose another.")
    field = "vat_code"


class UnknownCurrency(DomainError):
    code = "terms.unknown_currency"
    message = _("“%(value)s” is no currency in use. Write its three letters, such as EUR.")
    field = "currency"


class BadPercent(DomainError):
    code = "terms.bad_percent"
    message = _(
        "%(value)s %% is no possible discount. From 0 to 100 is, with two decimals at most."
    )
    field = "discount_percent"


class BadLimit(DomainError):
    code = "terms.bad_limit"
    message = _("A credit limit of %(value)s is not possible. Enter an amount from 0 on, or leave it empty "
                "for none.")  # fmt: skip
    field = "credit_limit"


@transaction.atomic
def save_customer_terms(
    contact: Contact, *, by: User, version: int | None = None, **told: Any
) -> CustomerTerms:
    """Say what holds for a customer (Debitorenkonditionen), or change it.

    ``told`` are values of ``CUSTOMER_FIELDS``; what is left out stays. ``version`` is the one that
    was read, 0 for none. Raises ``TermsChanged``, ``ContactMerged``, and ``Refusals`` with all of
    ``WrongControl``, ``WrongKind``, ``WrongCode``, ``UnknownCurrency``, ``BadPercent``, ``BadLimit``,
    ``NotAMail`` and faults of texts.
    """
    saved = _save(CustomerTerms, CUSTOMER_FIELDS, contact, by, version, told)
    assert isinstance(saved, CustomerTerms)
    return saved


@transaction.atomic
def save_supplier_terms(
    contact: Contact, *, by: User, version: int | None = None, **told: Any
) -> SupplierTerms:
    """Say what holds for a supplier (Kreditorenkonditionen), or change it.

    ``told`` are values of ``SUPPLIER_FIELDS``. Raises as ``save_customer_terms`` does.
    """
    saved = _save(SupplierTerms, SUPPLIER_FIELDS, contact, by, version, told)
    assert isinstance(saved, SupplierTerms)
    return saved


@transaction.atomic
def forget_terms(terms: Terms, *, by: User) -> None:
    """Take back what was agreed; from then on holds what holds for all."""
    fields = CUSTOMER_FIELDS if isinstance(terms, CustomerTerms) else SUPPLIER_FIELDS
    trail.record(company=terms.company, by=by, action=f"{_noun(type(terms))}.delete", subject=terms,
                 details={"contact": str(terms.contact),
                          **trail.filled(trail.values(terms, *fields))})  # fmt: skip
    terms.delete()


def _save(
    model: type[Terms], fields: tuple[str, ...], contact: Contact, by: User, version: int | None,
    told: Mapping[str, Any],
) -> Terms:  # fmt: skip
    contact = saving.held(contact)
    row = model.of(contact.company_id).filter(contact=contact).first()
    before = trail.values(row, *fields) if row else {}
    if row is None:
        row = model(company=contact.company, contact=contact, version=0)
    if version is not None and version != row.version:
        raise TermsChanged(name=contact.name)
    _put(row, told)
    row.version += 1
    row.save()
    after = trail.values(row, *fields)
    if not before:
        trail.record(company=row.company, by=by, action=f"{_noun(model)}.add", subject=row,
                     details={"contact": contact.name, **trail.filled(after)})  # fmt: skip
    elif changes := trail.changes(before, after):
        trail.record(company=row.company, by=by, action=f"{_noun(model)}.change", subject=row,
                     details=changes)  # fmt: skip
    return row


def _put(row: Terms, told: Mapping[str, Any]) -> None:
    """Set checked values. Raises ``Refusals`` with all that cannot be."""
    faults = list[DomainError]()
    for name, value in told.items():
        try:
            setattr(row, name, _checked(row, name, value))
        except DomainError as refusal:
            faults.append(refusal)
    if faults:
        raise Refusals(faults)


def _checked(row: Terms, name: str, value: Any) -> Any:
    selling = isinstance(row, CustomerTerms)
    if name == "account" and value is not None:
        owner = Account.SubLedger.RECEIVABLES if selling else Account.SubLedger.PAYABLES
        if value.control != owner:
            raise WrongControl(value=value.number, side=owner.label)
    elif name in {"income_account", "expense_account"} and value is not None:
        _require_postable(value, name)
    elif name == "vat_code" and value is not None:
        require_code(value, OF_SALES if selling else OF_PURCHASES)
    elif name == "currency":
        return known_currency(value or "")
    elif name == "discount_percent":
        value = Decimal(0) if value is None else value
        if not 0 <= value <= 100 or value != round(value, 2):
            raise BadPercent(value=value)
    elif name == "credit_limit" and value is not None and value < 0:
        raise BadLimit(value=value)
    elif name == "mail":
        with called(value="mail"):
            return parse_mail(value) if value and value.strip() else ""
    elif name == "note":
        return clean_text(value or "", "note", 2000)
    elif name in _LINES:
        return one_line(value or "", field=name, most=_LINES[name])
    return value


def _require_postable(account: Account, place: str) -> None:
    """Income is for what is sold; what is bought is an expense, or stays as an asset."""
    kinds = SOLD_ON if place == "income_account" else BOUGHT_ON
    if account.type not in kinds or account.control or is_blocked(account):
        raise WrongKind(field=place, value=account.number, kind=account.get_type_display())


def is_blocked(account: Account) -> bool:
    """Whether nothing may be posted to it today."""
    return account.blocked_from is not None and account.blocked_from <= clock.today()


def require_code(code: Any, kinds: frozenset[CodeKind]) -> None:
    """A code in use, of one of these kinds. Raises ``WrongCode`` or ``CodeInactive``."""
    if code.kind not in kinds:
        raise WrongCode(value=code.code, kind=code.get_kind_display())
    if not code.active:
        raise CodeInactive(code=code.code)


def known_currency(text: str) -> str:
    """A currency in capitals; blank stays blank. Raises ``UnknownCurrency``."""
    code = text.strip().upper()
    if code and not Currency.objects.filter(code=code, valid_to=None).exists():
        raise UnknownCurrency(value=text[:10])
    return code


def _noun(model: type[Terms]) -> str:
    return "customer_terms" if model is CustomerTerms else "supplier_terms"
