"""The mask of a rule."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounting.banking.models import BankAccount, BankRule, BankTransaction, Direction
from accounting.banking.rules.keeping import LONGEST, resolved
from erp.companies.models import Company
from erp.core.money import parse_amount

AMOUNTS = ("amount_from", "amount_to")


class RuleForm(forms.Form):
    """Conditions, then what is booked; numbers and codes as people type them."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST["name"])
    party_contains = forms.CharField(
        label=_("Party contains"), max_length=LONGEST["party_contains"], required=False
    )
    text_contains = forms.CharField(
        label=_("Text contains"), max_length=LONGEST["text_contains"], required=False
    )
    iban = forms.CharField(label=_("IBAN of the party"), max_length=42, required=False)
    direction = forms.ChoiceField(
        label=_("Direction"), choices=[("", _("either")), *Direction.choices], required=False
    )
    bank_account = forms.ModelChoiceField(
        BankAccount.unscoped.none(), label=_("Bank account"), required=False, empty_label=_("any")
    )
    amount_from = forms.CharField(label=_("Amount from"), max_length=20, required=False)
    amount_to = forms.CharField(label=_("Amount to"), max_length=20, required=False)
    account = forms.CharField(label=_("Contra account"), max_length=10)
    vat_code = forms.CharField(label=_("VAT code"), max_length=10, required=False)
    cost_centre = forms.CharField(label=_("Cost centre"), max_length=10, required=False)
    cost_object = forms.CharField(label=_("Cost object"), max_length=10, required=False)
    text = forms.CharField(label=_("Text of the entry"), max_length=LONGEST["text"], required=False)
    is_active = forms.BooleanField(label=_("Active"), required=False)
    books = forms.BooleanField(
        label=_("Books by itself"), required=False,
        help_text=_("Without it the rule proposes, and you accept."),
    )  # fmt: skip

    def __init__(self, *data: Any, company: Company, **more: Any) -> None:
        super().__init__(*data, **more)
        self.company = company
        banks: Any = self.fields["bank_account"]
        banks.queryset = BankAccount.of(company).order_by("name")
        for name, source in (("account", "accounts"), ("vat_code", "vat-codes"),
                             ("cost_centre", "cost-centres"), ("cost_object", "cost-objects")):  # fmt: skip
            self.fields[name].widget.attrs["data-combobox"] = source
        for name in AMOUNTS:
            self.fields[name].widget.attrs |= {"data-amount": "", "inputmode": "decimal"}
        if not company.uses("costs"):
            del self.fields["cost_centre"], self.fields["cost_object"]

    def applied(self, rule: BankRule) -> BankRule:
        """The rule with what was typed. Raises what ``resolved`` and ``parse_amount`` raise."""
        told = dict(self.cleaned_data)
        told["bank_account"] = told["bank_account"].pk if told["bank_account"] else None
        for name in AMOUNTS:
            told[name] = parse_amount(told[name], field=name) if told[name] else None
        for name, value in resolved(self.company, told).items():
            setattr(rule, name, value)
        return rule


def begun_with(rule: BankRule) -> dict[str, Any]:
    """What the mask of a rule shows to begin with."""
    plain = ("name", "party_contains", "text_contains", "iban", "direction", "bank_account", "text",
             "is_active", "books")  # fmt: skip
    told: dict[str, Any] = {name: getattr(rule, name) for name in plain}
    told |= {name: "" if getattr(rule, name) is None else str(getattr(rule, name))
             for name in AMOUNTS}  # fmt: skip
    return told | {
        "account": rule.account.number if rule.account_id else "",
        "vat_code": rule.vat_code.code if rule.vat_code else "",
        "cost_centre": rule.cost_centre.number if rule.cost_centre else "",
        "cost_object": rule.cost_object.number if rule.cost_object else "",
    }


def drawn_from(movement: BankTransaction) -> dict[str, Any]:
    """What a rule for transactions like this one would say: its party, or without one its text."""
    direction = Direction.IN if movement.amount > 0 else Direction.OUT
    told = {
        "is_active": True,
        "direction": direction,
        "name": (movement.party or movement.text)[:60],
    }
    if movement.party:
        return told | {"party_contains": movement.party[:120]}
    words = movement.text.split()
    kept = [word for word in words if not any(c.isdigit() for c in word)]
    whole = " ".join(kept)
    return told | {
        "text_contains": (whole if whole in movement.text else (kept or words or [""])[0])[:120]
    }
