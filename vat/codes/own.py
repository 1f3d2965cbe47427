"""Which codes a company offers, and codes of its own (eigene MWST-Codes)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext_lazy as _

from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core.errors import DomainError
from vat.codes.catalogue import CatalogueCode, catalogue
from vat.codes.models import ALL, DEDUCTED, VatCode

NAMES: Final = ("name_de", "name_fr", "name_it", "name_en")
_PATTERN: Final = re.compile(r"[A-Z0-9]{1,6}")


class BadCode(DomainError):
    code = "vat.bad_code"
    message = _(
        "“%(value)s” cannot be a VAT code. Take one to six letters and digits, such as MN50."
    )
    field = "code"


class CodeTaken(DomainError):
    code = "vat.code_taken"
    message = _("There is a VAT code %(value)s already. Choose another short name.")
    field = "code"
    conflict = True


class UnknownModel(DomainError):
    code = "vat.unknown_model"
    message = _("There is no shipped VAT code “%(value)s”. Choose one the new code behaves as.")
    field = "based_on"


class NameMissing(DomainError):
    code = "vat.name_missing"
    message = _("A VAT code needs a name. Fill in at least one language.")
    field = "name_de"


class BadShare(DomainError):
    code = "vat.bad_share"
    message = _("%(value)s %% is no possible share. Give 0 to 100, with two decimals at most.")
    field = "deductible_percent"


class NothingToDeduct(DomainError):
    code = "vat.nothing_to_deduct"
    message = _("Code %(based_on)s deducts no input tax, so that %(value)s %% has no meaning. Leave the "
                "share at 100, or choose a code of input tax.")  # fmt: skip
    field = "deductible_percent"


@transaction.atomic
def add_code(
    *, company: Company, code: str, based_on: str, names: Mapping[str, str],
    deductible_percent: Decimal = ALL, by: User,
) -> VatCode:  # fmt: skip
    """Make a code of the company's own, which behaves as a shipped one.

    ``based_on`` names the shipped code: kind, rate, boxes and accounts are its for good. ``names`` are
    by field, ``name_de`` to ``name_en``, one at least. ``deductible_percent`` is the share of the tax
    that is deducted, 0 to 100 (MWSTG Art. 30: mixed use). It stands after its model in all lists.
    Raises ``BadCode``, ``CodeTaken``, ``UnknownModel``, ``NameMissing``, ``BadShare`` or
    ``NothingToDeduct``.
    """
    short, model = code.strip().upper(), catalogue().get(based_on.strip().upper())
    if not _PATTERN.fullmatch(short):
        raise BadCode(value=code)
    if model is None:
        raise UnknownModel(value=based_on)
    called = _names(names)
    if not any(called.values()):
        raise NameMissing
    _require_share(model, deductible_percent)
    list(VatCode.of(company).order_by("pk").select_for_update())  # positions move together
    if short in catalogue() or VatCode.of(company).filter(code=short).exists():
        raise CodeTaken(value=short)
    added: VatCode = VatCode.unscoped.create(
        company=company, code=short, catalogue_code=model.code, kind=model.kind,
        rate_class=model.rate_class, position=_make_room(company, model),
        deductible_percent=deductible_percent, **called,
    )  # fmt: skip
    trail.record(company=company, by=by, action="vat.add_code", subject=added,
                 details={"code": short, "catalogue_code": model.code,
                          "deductible_percent": deductible_percent, **called})  # fmt: skip
    return added


@transaction.atomic
def change_code(
    code: VatCode, *, by: User, active: bool | None = None,
    names: Mapping[str, str] | None = None, deductible_percent: Decimal | None = None,
) -> VatCode:  # fmt: skip
    """Offer a code or offer it no longer, call it differently, deduct another share from now on.

    What is not given stays. Entries that carry the code stay as they are; what it behaves as never
    changes. Raises ``NameMissing``, ``BadShare`` or ``NothingToDeduct``.
    """
    current: VatCode = VatCode.of(code.company_id).select_for_update().get(pk=code.pk)
    told: dict[str, Any] = _names(names or {})
    if active is not None:
        told["active"] = active
    if deductible_percent is not None:
        _require_share(current.shipped, deductible_percent)
        told["deductible_percent"] = deductible_percent
    if not any(told.get(name, getattr(current, name)) for name in NAMES):
        raise NameMissing
    changed = trail.changes(trail.values(current, *told), told)
    if not changed:
        return current
    trail.record(company=current.company, by=by, action="vat.change_code", subject=current,
                 details={"code": current.code, **changed})  # fmt: skip
    for name, value in told.items():
        setattr(current, name, value)
    current.save(update_fields=[*told])
    return current


def deducts(model: CatalogueCode) -> bool:
    """Whether a shipped code deducts input tax, of which a share can be named."""
    return model.kind in DEDUCTED and bool(model.input_purpose)


def _names(names: Mapping[str, str]) -> dict[str, Any]:
    return {name: names[name].strip() for name in NAMES if name in names}


def _require_share(model: CatalogueCode, percent: Decimal) -> None:
    if not 0 <= percent <= ALL or percent != round(percent, 2):
        raise BadShare(value=percent)
    if percent != ALL and not deducts(model):
        raise NothingToDeduct(based_on=model.code, value=percent)


def _make_room(company: Company, model: CatalogueCode) -> int:
    """The place after the model and the codes made of it; what follows moves on."""
    kin = VatCode.of(company).filter(catalogue_code=model.code)
    last: int = kin.aggregate(last=Max("position"))["last"] or 0
    VatCode.of(company).filter(position__gt=last).update(position=F("position") + 1)
    return last + 1
