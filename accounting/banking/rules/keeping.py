"""Making, changing, removing and ordering rules (Regeln führen)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext_lazy as _

from accounting.banking.models import BankAccount, BankRule
from accounting.banking.rules.fitting import MOST_RULES
from accounting.ledger.entering import UnknownAccount, UnknownCostUnit, UnknownVatCode
from accounting.ledger.models import Account, CostCentre, CostObject
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core.errors import DomainError
from erp.core.identifiers import parse_iban
from erp.core.texts import one_line
from vat.codes.models import VatCode

LONGEST: Final = {"name": 60, "text_contains": 120, "party_contains": 120, "text": 200}
TOLD: Final = ("name", "is_active", "books", "bank_account", "direction", "text_contains",
               "party_contains", "iban", "amount_from", "amount_to", "text")  # fmt: skip


class RuleNameMissing(DomainError):
    code = "banking.rule_name_missing"
    message = _("The rule has no name. Give it one, such as “Bank charges”.")
    field = "name"


class NoCondition(DomainError):
    code = "banking.rule_without_condition"
    message = _(
        "The rule would take every transaction. Give a text, a party, an IBAN or an amount."
    )
    field = "text_contains"


class AmountsTheWrongWay(DomainError):
    code = "banking.rule_amounts"
    message = _("No amount lies between %(least)s and %(most)s. Give the smaller one first, neither "
                "below zero.")  # fmt: skip
    field = "amount_from"


class ControlledAccount(DomainError):
    code = "banking.rule_control_account"
    message = _("Account %(account)s keeps open items: they are settled, not booked by a rule. Choose "
                "another account.")  # fmt: skip
    field = "account"


class OwnBankAccount(DomainError):
    code = "banking.rule_own_account"
    message = _("Account %(account)s is that of the bank account itself. Choose the other side.")
    field = "account"


class TooManyRules(DomainError):
    code = "banking.too_many_rules"
    message = _("There are %(most)s rules already. Remove one first.")
    conflict = True


class NotTheseRules(DomainError):
    code = "banking.not_these_rules"
    message = _("The order names other rules than there are. Load the list again.")
    field = "order"
    conflict = True


class UnknownBankAccount(DomainError):
    code = "banking.rule_bank_account"
    message = _("There is no bank account %(value)s. Choose one of the list.")
    field = "bank_account"
    missing = True


def rules_of(company: Company) -> QuerySet[BankRule]:
    """All rules in their order, with what they book against."""
    rows = BankRule.of(company).select_related(
        "account", "vat_code", "cost_centre", "cost_object", "bank_account"
    )
    return rows.order_by("position")


@transaction.atomic
def save_rule(rule: BankRule, *, by: User) -> BankRule:
    """Make a rule, as the last one, or change it.

    Raises ``RuleNameMissing``, ``NoCondition``, ``AmountsTheWrongWay``, ``ControlledAccount``,
    ``OwnBankAccount``, ``NotAnIban`` or ``TooManyRules``.
    """
    require_sense(rule)
    before = rules_of(rule.company).filter(pk=rule.pk).first()
    held = _shown(before) if before else {}
    if before is None:
        rows = BankRule.of(rule.company)
        if rows.count() >= MOST_RULES:
            raise TooManyRules(most=MOST_RULES)
        rule.position = (rows.aggregate(last=Max("position"))["last"] or 0) + 1
    rule.save()
    told = _shown(rule)
    if before is None:
        trail.record(company=rule.company, by=by, action="bank_rule.add", subject=rule,
                     details=trail.filled(told))  # fmt: skip
    elif changed := trail.changes(held, told):
        trail.record(company=rule.company, by=by, action="bank_rule.change", subject=rule,
                     details=changed)  # fmt: skip
    return rule


@transaction.atomic
def remove_rule(rule: BankRule, *, by: User) -> None:
    """Remove a rule. What it booked stays booked, and keeps its name."""
    trail.record(company=rule.company, by=by, action="bank_rule.remove", subject=rule,
                 details=trail.filled(_shown(rule)))  # fmt: skip
    rule.delete()


@transaction.atomic
def reorder(company: Company, *, order: Sequence[int], by: User) -> None:
    """Put the rules into an order, all of them by their ids. Raises ``NotTheseRules``."""
    rules = {rule.pk: rule for rule in BankRule.of(company).select_for_update(no_key=True)}
    if sorted(order) != sorted(rules):
        raise NotTheseRules
    names = [rules[pk].name for pk in order]
    before = [rule.name for rule in sorted(rules.values(), key=lambda rule: rule.position)]
    moved = []
    for position, pk in enumerate(order, 1):
        if rules[pk].position != position:
            rules[pk].position = position
            moved.append(rules[pk])
    BankRule.unscoped.bulk_update(moved, ["position"])
    if names != before:
        trail.record(company=company, by=by, action="bank_rule.reorder",
                     details={"order": [before, names]})  # fmt: skip


def move(rule: BankRule, *, by: int, doer: User) -> None:
    """Move a rule up (``by`` below zero) or down by so many places, as far as there are any."""
    order = list(BankRule.of(rule.company).order_by("position").values_list("pk", flat=True))
    at = order.index(rule.pk)
    order.insert(max(0, at + by), order.pop(at))
    reorder(rule.company, order=order, by=doer)


def _tidy(rule: BankRule) -> None:
    for name, most in LONGEST.items():
        setattr(rule, name, one_line(getattr(rule, name), field=name, most=most))
    rule.iban = parse_iban(rule.iban) if rule.iban else ""


def require_sense(rule: BankRule) -> None:
    """Tidy up what was typed, and refuse what makes no rule. Raises as ``save_rule`` does."""
    _tidy(rule)
    if not rule.name:
        raise RuleNameMissing
    least, most = rule.amount_from, rule.amount_to
    if not (rule.text_contains or rule.party_contains or rule.iban) and least is most is None:
        raise NoCondition
    if any(one is not None and one < 0 for one in (least, most)) or (
        least is not None and most is not None and least > most
    ):  # fmt: skip
        raise AmountsTheWrongWay(least=least if least is not None else "…",
                                 most=most if most is not None else "…")  # fmt: skip
    if rule.account.control and rule.company.uses(rule.account.control):
        raise ControlledAccount(account=rule.account.number)
    if rule.bank_account is not None and rule.bank_account.account_id == rule.account_id:
        raise OwnBankAccount(account=rule.account.number)


def _shown(rule: BankRule) -> dict[str, Any]:
    units = {
        name: getattr(getattr(rule, name), column) if getattr(rule, name) else None
        for name, column in (("account", "number"), ("vat_code", "code"),
                             ("cost_centre", "number"), ("cost_object", "number"))
    }  # fmt: skip
    return {**trail.values(rule, *TOLD), **units}


def resolved(company: Company, told: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a rule as ``BankRule`` has them, from numbers and codes; what is not named is left out.

    Raises ``UnknownAccount``, ``UnknownVatCode``, ``UnknownCostUnit`` or ``UnknownBankAccount``.
    """
    found = dict(told)
    for name, model, column, unknown in _NAMED:
        if name not in told:
            continue
        text = str(told[name] or "").strip()
        row = model.of(company).filter(**{column: text}).first() if text else None
        if row is None and (text or name == "account"):
            raise unknown(field=name, value=text)
        found[name] = row
    return found


_NAMED: Final[tuple[tuple[str, Any, str, type[DomainError]], ...]] = (
    ("account", Account, "number", UnknownAccount),
    ("vat_code", VatCode, "code", UnknownVatCode),
    ("cost_centre", CostCentre, "number", UnknownCostUnit),
    ("cost_object", CostObject, "number", UnknownCostUnit),
    ("bank_account", BankAccount, "pk", UnknownBankAccount),
)
