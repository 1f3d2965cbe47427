"""Products and services (Artikel, Dienstleistungen): added, changed, switched off, deleted."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from accounting.ledger.models import Account, CostCentre, CostObject
from accounting.receivables.lines import MOST_DECIMALS, TooManyDecimals
from accounting.receivables.models import Product
from accounting.terms.agreeing import OF_SALES, WrongKind, is_blocked, require_code
from contacts.rows import clean_text
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError, Refusals
from erp.core.texts import one_line

LANGUAGES: Final = ("de", "fr", "it", "en")
NAMES: Final = tuple(f"name_{language}" for language in LANGUAGES)
TEXTS: Final = tuple(f"text_{language}" for language in LANGUAGES)
UNITS: Final = tuple(f"unit_{language}" for language in LANGUAGES)
FIELDS: Final = ("number", *NAMES, *TEXTS, *UNITS, "price", "basis", "account", "vat_code",
                 "cost_centre", "cost_object", "active")  # fmt: skip
LARGEST: Final = Decimal(10**11)  # what the column holds before its point
FIRST_NUMBER: Final = 1001


class NumberMissing(DomainError):
    code = "products.number_missing"
    message = _("The product has no number. Give it one.")
    field = "number"


class NumberTaken(DomainError):
    code = "products.number_taken"
    message = _("There is a product %(number)s already. Choose another number, or change that one.")
    field = "number"


class NameMissing(DomainError):
    code = "products.name_missing"
    message = _("Product %(number)s has no name. Give it one in at least one language.")
    field = "name_de"


class AccountMissing(DomainError):
    code = "products.account_missing"
    message = _("Product %(number)s has no account. Say where its income is booked, such as 3200.")
    field = "account"


class PriceTooLarge(DomainError):
    code = "products.price_too_large"
    message = _("A price of %(value)s is not possible: it has 11 digits before the point at most. "
                "Correct it.")  # fmt: skip
    field = "price"


class CostUnitNotTaken(DomainError):
    code = "products.cost_unit_not_taken"
    message = _(
        "Account %(account)s takes no %(what)s. Empty it here, or change the account's rule."
    )
    field = "cost_centre"


class CostUnitOver(DomainError):
    code = "products.cost_unit_over"
    message = _("%(unit)s was active until %(until)s. Choose another.")
    field = "cost_centre"


class ProductChanged(DomainError):
    code = "products.changed"
    message = _("Product %(number)s was changed by somebody else meanwhile. Look at it again, and repeat "
                "what is still missing.")  # fmt: skip
    conflict = True


class ProductInUse(DomainError):
    code = "products.in_use"
    message = _("Product %(number)s stands on documents, so it stays. Switch it off instead; it is then no "
                "longer offered.")  # fmt: skip
    field = "number"
    conflict = True


@transaction.atomic
def save_product(
    *, company: Company, by: User, product: Product | None = None, version: int | None = None,
    **told: Any,
) -> Product:  # fmt: skip
    """Add a product, or change one (Artikel); documents keep what they say.

    ``told`` are values of ``FIELDS``; what is left out stays, and a new one without a number gets the
    next one. ``version`` is the one that was read. Raises ``ProductChanged``, or what ``put`` raises.
    """
    row = held(product) if product else Product(company=company, version=0)
    if version is not None and version != row.version:
        raise ProductChanged(number=row.number)
    if not row.pk and not str(told.get("number") or "").strip():
        told["number"] = str(next_number(company))
    before = shown(row) if row.pk else {}
    put(row, told)
    taken = Product.of(company).filter(number__iexact=row.number).exclude(pk=row.pk)
    if taken.exists():
        raise NumberTaken(number=row.number)
    row.version += 1
    row.save()
    note(row, before, by)
    return row


@transaction.atomic
def delete_product(product: Product, *, by: User) -> None:
    """Delete a product that stands on no document. Raises ``ProductInUse``."""
    row = held(product)
    trail.record(company=row.company, by=by, action="product.delete", subject=row,
                 details=trail.filled(shown(row)))  # fmt: skip
    try:
        row.delete()
    except ProtectedError:
        raise ProductInUse(number=row.number) from None


def held(product: Product) -> Product:
    """A product, kept from others until the end of the transaction."""
    rows = Product.of(product.company_id).select_related("company", "account")
    found: Product = rows.select_for_update(no_key=True, of=("self",)).get(pk=product.pk)
    return found


def next_number(company: Company) -> int:
    """The number after the largest one that is made of digits alone."""
    digits = Product.of(company).filter(number__regex=r"^[0-9]{1,9}$")
    return 1 + max((int(one) for one in digits.values_list("number", flat=True)),
                   default=FIRST_NUMBER - 1)  # fmt: skip


def put(row: Product, told: Mapping[str, Any]) -> None:
    """Set checked values on a product, without saving it.

    Raises ``Refusals`` with all of ``NumberMissing``, ``NameMissing``, ``AccountMissing``,
    ``WrongKind``, ``WrongCode``, ``CodeInactive``, ``TooManyDecimals``, ``PriceTooLarge``,
    ``CostUnitNotTaken``, ``CostUnitOver`` and faults of texts.
    """
    faults = list[DomainError]()
    for name, value in told.items():
        try:
            setattr(row, name, _checked(name, value))
        except DomainError as refusal:
            faults.append(refusal)
    places = {fault.place for fault in faults}
    for check in (_require_number, _require_name, _require_account, _require_cost_units):
        try:
            check(row)
        except DomainError as refusal:
            if refusal.place not in places:
                faults.append(refusal)
    if faults:
        raise Refusals(faults)


def shown(row: Product) -> dict[str, Any]:
    """A product as the trail tells it; accounts and codes by number, whose names differ by language."""
    named = {name: getattr(row, name) for name in ("account", "cost_centre", "cost_object")}
    numbers = {name: one.number if one else None for name, one in named.items()}
    numbers["vat_code"] = row.vat_code.code if row.vat_code else None
    return trail.values(row, *FIELDS) | numbers


def note(row: Product, before: Mapping[str, Any], by: User) -> None:
    """Record that a product was added or changed."""
    after = shown(row)
    if not before:
        trail.record(company=row.company, by=by, action="product.add", subject=row,
                     details=trail.filled(after))  # fmt: skip
    elif changes := trail.changes(before, after):
        trail.record(company=row.company, by=by, action="product.change", subject=row,
                     details={"number": row.number, **changes})  # fmt: skip


def _checked(name: str, value: Any) -> Any:
    if name == "number":
        return one_line(str(value or ""), field=name, most=30)
    if name in NAMES:
        return one_line(value or "", field=name, most=160)
    if name in UNITS:
        return one_line(value or "", field=name, most=20)
    if name in TEXTS:
        return clean_text(value or "", name, 2000)
    if name == "price":
        price = Decimal(0) if value is None else value
        if price != round(price, MOST_DECIMALS):
            raise TooManyDecimals(field=name, value=price, most=MOST_DECIMALS)
        if abs(price) >= LARGEST:
            raise PriceTooLarge(value=price)
        return price
    if name == "vat_code" and value is not None:
        require_code(value, OF_SALES)
    return value


def _require_number(row: Product) -> None:
    if not row.number:
        raise NumberMissing


def _require_name(row: Product) -> None:
    if not row.name:
        raise NameMissing(number=row.number)


def _require_account(row: Product) -> None:
    """Income as a rule; also costs that are passed on, or assets that are sold."""
    if row.account_id is None:  # type: ignore[attr-defined]
        raise AccountMissing(number=row.number)
    account = row.account
    if account.type == Account.Type.CLOSING or account.control or is_blocked(account):
        raise WrongKind(field="account", value=account.number, kind=account.get_type_display())


def _require_cost_units(row: Product) -> None:
    if row.account_id is None:  # type: ignore[attr-defined]
        return
    rules = {
        "cost_centre": row.account.cost_centre_rule,
        "cost_object": row.account.cost_object_rule,
    }
    for place, rule in rules.items():
        unit: CostCentre | CostObject | None = getattr(row, place)
        if unit is None:
            continue
        if rule == Account.Rule.NO:
            what = Product._meta.get_field(place).verbose_name  # type: ignore[union-attr]
            raise CostUnitNotTaken(field=place, account=row.account.number, what=what)
        if unit.active_until is not None and unit.active_until < clock.today():
            raise CostUnitOver(field=place, unit=str(unit), until=unit.active_until)
