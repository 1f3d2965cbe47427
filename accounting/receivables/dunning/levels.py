"""Procedures, levels, fees and texts: the acts that change how a company duns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounting.receivables.dunning import defaults
from accounting.receivables.dunning.models import (
    CustomerDunning,
    DunningFee,
    DunningLevel,
    DunningProcedure,
    DunningText,
)
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company, Language
from erp.core.errors import DomainError
from erp.core.texts import one_line

NAMES: Final = ("name_de", "name_fr", "name_it", "name_en")
HEAD: Final = ("code", *NAMES, "is_default", "minimum", "post_fees")
DAYS: Final = ("days_after_due", "days_after_step", "period", "channel", "interest",
               "interest_percent")  # fmt: skip
MOST_LEVELS: Final = 9
_CODE: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,19}", re.ASCII)
_CURRENCY: Final = re.compile(r"[A-Z]{3}", re.ASCII)
_PLACEHOLDER: Final = re.compile(r"\{[^{}]*\}")


class BadProcedureCode(DomainError):
    code = "dunning.bad_code"
    message = _(
        "“%(value)s” is no code. Use up to 20 small letters, digits, dashes and underscores."
    )
    field = "code"


class ProcedureCodeTaken(DomainError):
    code = "dunning.code_taken"
    message = _("The code “%(value)s” is taken. Choose another.")
    field = "code"


class ProcedureInUse(DomainError):
    code = "dunning.procedure_in_use"
    message = _("“%(name)s” counts for all customers, or for %(count)s of them. Choose another for "
                "them first.")  # fmt: skip
    conflict = True


class OneDefault(DomainError):
    code = "dunning.one_default"
    message = _(
        "One procedure counts for all customers. Make another the one for all; this one then is not."
    )
    field = "is_default"


class SetUpAlready(DomainError):
    code = "dunning.set_up_already"
    message = _("There are dunning procedures already. Change them, or add another.")
    conflict = True


class TooManyLevels(DomainError):
    code = "dunning.too_many_levels"
    message = _("A procedure has at most %(most)s levels. "
                "Change one of those that are there.")  # fmt: skip
    conflict = True


class OnlyTheLast(DomainError):
    code = "dunning.only_the_last"
    message = _(
        "Only the last level (%(last)s) can be deleted. Change this one, or delete that first."
    )
    conflict = True


class BadFee(DomainError):
    code = "dunning.bad_fee"
    message = _("“%(value)s” is no fee. Give a currency of three capitals with an amount above zero and "
                "at most 1000.00, such as CHF 20.00.")  # fmt: skip
    field = "fees"


class UnknownPlaceholder(DomainError):
    code = "dunning.unknown_placeholder"
    message = _("“%(value)s” stands for nothing. Possible are %(known)s.")


class TitleMissing(DomainError):
    code = "dunning.title_missing"
    message = _("The letter has no title in %(language)s. Give it one, or empty both of its texts to go "
                "back to ours.")  # fmt: skip


@transaction.atomic
def set_up(company: Company, *, by: User) -> DunningProcedure:
    """Begin with three levels and our texts, without fees and interest. Raises ``SetUpAlready``."""
    if DunningProcedure.of(company).exists():
        raise SetUpAlready
    names: dict[str, Any] = {f"name_{code}": name for code, name in defaults.NAMES.items()}
    procedure = save_procedure(company=company, by=by, code="standard", is_default=True, **names)
    for first in defaults.LEVELS:
        add_level(procedure, by=by, days_after_due=first.days_after_due,
                  days_after_step=first.days_after_step, period=first.period)  # fmt: skip
    return procedure


@transaction.atomic
def save_procedure(
    *, company: Company, by: User, procedure: DunningProcedure | None = None, **told: Any
) -> DunningProcedure:
    """Add a procedure, or change one: ``HEAD`` names what it has. The first counts for all.

    Raises ``BadProcedureCode``, ``ProcedureCodeTaken`` or ``OneDefault``.
    """
    row = procedure or DunningProcedure(company=company)
    before = trail.values(row, *HEAD) if row.pk else {}
    code = str(told.get("code", row.code)).strip().lower()
    if not _CODE.fullmatch(code):
        raise BadProcedureCode(value=code[:40])
    others = DunningProcedure.of(company).exclude(pk=row.pk)
    if others.filter(code=code).exists():
        raise ProcedureCodeTaken(value=code)
    first = not others.filter(is_default=True).exists()
    wanted = bool(told.get("is_default", row.is_default or first))
    if first and not wanted:
        raise OneDefault
    row.code, row.is_default = code, wanted
    for name in NAMES:
        if name in told:
            setattr(row, name, one_line(told[name] or "", field=name, most=160))
    for name in ("minimum", "post_fees"):
        if told.get(name) is not None:
            setattr(row, name, told[name])
    if wanted:
        others.filter(is_default=True).update(is_default=False)
    row.save()
    _record(row, by, "dunning_procedure", before, trail.values(row, *HEAD))
    return row


@transaction.atomic
def delete_procedure(procedure: DunningProcedure, *, by: User) -> None:
    """Delete a procedure with its levels; letters written stay. Raises ``ProcedureInUse``."""
    used = CustomerDunning.of(procedure.company_id).filter(procedure=procedure).count()
    if used or procedure.is_default:
        raise ProcedureInUse(name=str(procedure), count=used)
    trail.record(company=procedure.company, by=by, action="dunning_procedure.delete",
                 subject=procedure, details=trail.filled(trail.values(procedure, *HEAD)))  # fmt: skip
    procedure.delete()


@transaction.atomic
def add_level(procedure: DunningProcedure, *, by: User, **told: Any) -> DunningLevel:
    """Add a level behind the last; see ``save_level``. Raises ``TooManyLevels``, too."""
    held = DunningProcedure.of(procedure.company_id).select_for_update().get(pk=procedure.pk)
    last = DunningLevel.of(held.company_id).filter(procedure=held).order_by("-step").first()
    step = last.step + 1 if last else 1
    if step > MOST_LEVELS:
        raise TooManyLevels(most=MOST_LEVELS)
    told = {"days_after_due": 10 * step, "days_after_step": 10 if last else 0, **told}
    return save_level(DunningLevel(company=procedure.company, procedure=procedure, step=step),
                      by=by, **told)  # fmt: skip


@transaction.atomic
def save_level(
    level: DunningLevel, *, by: User, fees: Mapping[str, Decimal] | None = None,
    texts: Mapping[str, Mapping[str, str]] | None = None, **told: Any,
) -> DunningLevel:  # fmt: skip
    """Change a level: ``DAYS`` names what it has. Letters written stay as they are.

    ``fees`` by currency and ``texts`` by language (title, intro, closing) are sets: what is not
    named goes; None leaves them. Without a text of a language ours counts. Raises ``BadFee``,
    ``UnknownPlaceholder`` or ``TitleMissing``.
    """
    before = _told(level) if level.pk else {}
    for name in DAYS:
        if told.get(name) is not None:
            setattr(level, name, told[name])
    level.save()
    if fees is not None:
        _save_fees(level, fees)
    if texts is not None:
        _save_texts(level, texts)
    _record(level, by, "dunning_level", before, _told(level))
    return level


@transaction.atomic
def delete_level(level: DunningLevel, *, by: User) -> None:
    """Delete the last level of a procedure; letters written stay. Raises ``OnlyTheLast``."""
    held = (
        DunningLevel.of(level.company_id).select_for_update().filter(procedure=level.procedure_id)
    )
    last = max(row.step for row in held)
    if level.step != last:
        raise OnlyTheLast(last=last)
    trail.record(company=level.company, by=by, action="dunning_level.delete", subject=level,
                 details=trail.filled(_told(level)))  # fmt: skip
    level.delete()


def _save_fees(level: DunningLevel, fees: Mapping[str, Decimal]) -> None:
    for currency, amount in fees.items():
        if not _CURRENCY.fullmatch(currency) or not 0 < amount <= 1000:
            raise BadFee(value=f"{currency} {amount}"[:40])
    DunningFee.of(level.company_id).filter(level=level).delete()
    DunningFee.unscoped.bulk_create(
        DunningFee(company_id=level.company_id, level=level, currency=currency, amount=amount)
        for currency, amount in sorted(fees.items())
    )


def _save_texts(level: DunningLevel, texts: Mapping[str, Mapping[str, str]]) -> None:
    rows = []
    for language in Language.values:
        text = texts.get(language, {})
        place = f"texts.{language}"
        title = one_line(text.get("title", ""), field=f"{place}.title", most=80)
        parts = {name: "\n".join(text.get(name, "").strip().splitlines())[:2000]
                 for name in ("intro", "closing")}  # fmt: skip
        for name, value in {"title": title, **parts}.items():
            for found in _PLACEHOLDER.findall(value):
                if found not in defaults.PLACEHOLDERS:
                    raise UnknownPlaceholder(field=f"{place}.{name}", value=found[:40],
                                             known=", ".join(defaults.PLACEHOLDERS))  # fmt: skip
        if not title and any(parts.values()):
            raise TitleMissing(field=f"{place}.title", language=Language(language).label)
        if title:
            rows.append(DunningText(company_id=level.company_id, level=level, language=language,
                                    title=title, **parts))  # fmt: skip
    DunningText.of(level.company_id).filter(level=level).delete()
    DunningText.unscoped.bulk_create(rows)


def _told(level: DunningLevel) -> dict[str, Any]:
    fees = DunningFee.of(level.company_id).filter(level=level).order_by("currency")
    texts = DunningText.of(level.company_id).filter(level=level).order_by("language")
    titles = ", ".join(f"{text.language}: {text.title}" for text in texts)
    return {"procedure": str(level.procedure), "step": level.step, **trail.values(level, *DAYS),
            "fees": ", ".join(map(str, fees)), "texts": titles}  # fmt: skip


def _record(row: Any, by: User, noun: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    if not before:
        trail.record(company=row.company, by=by, action=f"{noun}.add", subject=row,
                     details=trail.filled(after))  # fmt: skip
    elif changes := trail.changes(before, after):
        trail.record(company=row.company, by=by, action=f"{noun}.change", subject=row,
                     details=changes)  # fmt: skip
