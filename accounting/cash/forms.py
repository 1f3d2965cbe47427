"""Forms of cash books."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounting.cash.denominations import Denomination, denominations
from accounting.cash.models import CashBook
from accounting.ledger.models import Account
from accounting.ledger.models.accounts import BALANCE_SHEET_TYPES
from accounting.open_items.forms import Amount
from erp.companies.models import Company
from erp.core.money import RATE_DIGITS
from erp.web.dates import DayInput


def money_accounts(company: Company) -> Any:
    """Accounts that may hold money: of the balance sheet, owned by no sub-ledger."""
    rows = Account.of(company).filter(type__in=BALANCE_SHEET_TYPES, control="")
    return rows.order_by("number")


class BookForm(forms.ModelForm):
    class Meta:
        model = CashBook
        fields = ("name", "kind", "account", "kept_from", "prefix", "settled_by", "is_closed")

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("account", "settled_by"):
            self.fields[name].queryset = money_accounts(company)  # type: ignore[attr-defined]
        self.fields["kept_from"].widget = DayInput()
        self.fields["kept_from"].help_text = _(
            "From this day on a cash box never holds less than nothing."
        )
        self.fields["prefix"].help_text = _("Such as K-; a number without gaps follows.")
        self.fields["settled_by"].help_text = _(
            "Of card accounts. Empty: by way of transfers in transit."
        )
        for name in self.fields:
            self.fields[name].width = "w6"  # type: ignore[attr-defined]
        if not self.instance.pk:
            del self.fields["is_closed"]

    def validate_unique(self) -> None:
        """The act decides, in the books' own words."""


class _Dated(forms.Form):
    """A day, with the exchange rate where a book is foreign."""

    date = forms.DateField(label=_("Date"), widget=DayInput())
    rate = Amount(label=_("Exchange rate"), decimals=RATE_DIGITS, empty=None)
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)

    def __init__(self, *args: Any, book: CashBook, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.book = book
        if not book.is_foreign:
            del self.fields["rate"]
        for name in self.fields:
            self.fields[name].width = "w6"  # type: ignore[attr-defined]


class TransferForm(_Dated):
    """Money between the book and a bank account, or another book."""

    way = forms.ChoiceField(
        label=_("Way"), choices=(("in", _("into this book")), ("out", _("out of this book"))),
    )  # fmt: skip
    amount = Amount(label=_("Amount"), required=True)
    other = forms.ModelChoiceField(
        Account.unscoped.none(), label=_("Other account"), required=False,
        empty_label=_("by way of transfers in transit"),
        help_text=_("Where statements of the bank are imported, leave it so: the statement balances it."),
    )  # fmt: skip
    text = forms.CharField(label=_("Text"), required=False, max_length=200)
    field_order = ("date", "way", "amount", "rate", "other", "text", "key")

    def __init__(self, *args: Any, book: CashBook, **kwargs: Any) -> None:
        super().__init__(*args, book=book, **kwargs)
        rows = money_accounts(book.company).exclude(pk=book.account_id)
        self.fields["other"].queryset = rows  # type: ignore[attr-defined]


class CardForm(_Dated):
    """A card's statement: its last day, what it says is owed, and when that is paid."""

    until = forms.DateField(label=_("Statement until"), widget=DayInput())
    amount = Amount(label=_("Owed by the statement"), required=True)
    field_order = ("until", "amount", "date", "rate", "key")


class CountForm(_Dated):
    """Notes and coins as they were counted, or what they come to."""

    counted = Amount(label=_("Or all of it"), empty=None)
    text = forms.CharField(label=_("Text"), required=False, max_length=200)
    books_difference = forms.BooleanField(
        label=_("Book the difference"), required=False, initial=True
    )

    def __init__(self, *args: Any, book: CashBook, **kwargs: Any) -> None:
        super().__init__(*args, book=book, **kwargs)
        self.denominations = denominations(book.currency)
        for one in self.denominations:
            self.fields[_name(one)] = forms.IntegerField(
                label=f"{one.value:.0f}" if one.is_note else f"{one.value:.2f}", required=False,
                widget=forms.TextInput({"class": "figure", "inputmode": "numeric",
                                        "data-value": f"{one.value:.2f}", "autocomplete": "off"}),
            )  # fmt: skip

    @property
    def head(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if not name.startswith("n") and name != "key"]

    @property
    def notes(self) -> list[forms.BoundField]:
        return [self[_name(one)] for one in self.denominations if one.is_note]

    @property
    def coins(self) -> list[forms.BoundField]:
        return [self[_name(one)] for one in self.denominations if not one.is_note]

    def told(self) -> dict[str, Any]:
        """What ``count_cash`` takes."""
        values = self.cleaned_data
        pieces = {one.value: values[_name(one)] for one in self.denominations
                  if values.get(_name(one)) is not None}  # fmt: skip
        return {
            "date": values["date"], "text": values["text"], "rate": values.get("rate"),
            "books_difference": values["books_difference"], "counted": values["counted"],
            "pieces": pieces or None,
        }  # fmt: skip


def _name(one: Denomination) -> str:
    return f"n{one.value:.2f}"
