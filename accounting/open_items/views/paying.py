"""Recording a payment of a party over its items (Zahlung erfassen): bank, post or cash, by hand."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.ledger.entering import PurposeMissing
from accounting.ledger.models import Account, JournalEntry
from accounting.ledger.models.accounts import BALANCE_SHEET_TYPES, LIQUID
from accounting.open_items import queries, settling
from accounting.open_items.forms import Amount
from accounting.open_items.models import OpenItem, Side
from accounting.open_items.opening import Party
from accounting.open_items.planning import shared_out
from accounting.open_items.plans import Money, Part
from erp.access.permissions import Permission
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError
from erp.web.dates import DayInput
from erp.web.pages import CompanyView, refused, tell


class PaymentForm(forms.Form):
    """A payment, and a share of it and a discount for each item, in the items' currency."""

    date = forms.DateField(label=gettext_lazy("Date"), widget=DayInput())
    account = forms.ModelChoiceField(Account.unscoped.none(), label=gettext_lazy("Paid on"))
    amount = Amount(label=gettext_lazy("Paid"))
    base = Amount(
        label=gettext_lazy("Paid, in the company's currency"),
        help_text=gettext_lazy(
            "Empty: by the official rate of the day, on an account of that currency."
        ),
    )
    text = forms.CharField(label=gettext_lazy("Text"), required=False, max_length=200)
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)

    def __init__(self, *args: Any, company: Company, currency: str, items: Sequence[OpenItem],
                 **kwargs: Any) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.items = items
        accounts = Account.of(company).filter(type__in=BALANCE_SHEET_TYPES, control="")
        ordered = accounts.alias(elsewhere=~Q(or_position=LIQUID)).order_by("elsewhere", "number")
        self.fields["account"].queryset = ordered  # type: ignore[attr-defined]
        if currency == company.currency:
            del self.fields["base"]
        for name in self.fields:
            self.fields[name].width = "w6" if name in {"account", "text"} else "w4"  # type: ignore[attr-defined]
        for item in items:
            self.fields[f"paid-{item.pk}"] = Amount(label=_("Paid"))
            self.fields[f"discount-{item.pk}"] = Amount(label=_("Discount"))

    @property
    def head(self) -> list[forms.BoundField]:
        """The fields of the payment itself."""
        return [self[name] for name in self.fields if "-" not in name and name != "key"]

    @property
    def rows(self) -> list[tuple[OpenItem, forms.BoundField, forms.BoundField]]:
        return [(i, self[f"paid-{i.pk}"], self[f"discount-{i.pk}"]) for i in self.items]

    def parts(self) -> list[Part]:
        """What was typed for each item."""
        told = self.cleaned_data
        return [
            Part(item, paid=told[f"paid-{item.pk}"], discount=told[f"discount-{item.pk}"])
            for item in self.items
        ]

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if not told.get("amount") and "amount" not in self.errors:
            self.add_error("amount", _("Give what was paid."))
        return told


class PaymentPage(CompanyView):
    """``/c/{company}/open-items/receivables/pay/?party=…&contact=…&currency=…`` and ``…/payables/pay/``

    A POST shares the amount out over the items, the oldest first (``do=share``), shows what would
    be posted (``do=preview``), or posts it (``do=settle``).
    """

    permission = Permission.OPEN_ITEMS_SETTLE
    help_page = "open-items"
    side: ClassVar[Side] = Side.RECEIVABLES

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        told: Mapping[str, str] = request.GET
        contact = told.get("contact", "")
        number = (
            int(contact) if contact.isascii() and contact.isdigit() and len(contact) < 19 else None
        )
        self.party = Party(told.get("party", "").strip()[:140], number)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not self.party.name:
            return self._parties()
        initial = {"date": clock.today(), "key": uuid.uuid4().hex}
        return self._show(self.form(initial=initial))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not self.party.name:
            return refused(request, self._parties())
        form = self.form(data=request.POST)
        if not form.is_valid():
            return refused(request, self._show(form))
        told, do = form.cleaned_data, request.POST.get("do")
        if do == "share":
            return self._show(self.form(data=_shared(request.POST, form)))
        try:
            wish = self._wish(form)
            if do != "settle":
                return self._show(form, plan=settling.preview(self.company, **wish))
            entry = self.settle(told, wish)
        except DomainError as refusal:
            tell(form, refusal)
            return refused(request, self._show(form))
        messages.success(request, _("Entry %s is posted.") % entry.number)
        return self.done(entry)

    def settle(self, told: Mapping[str, Any], wish: dict[str, Any]) -> JournalEntry:
        """Record the payment; rooms above do it in their own way."""
        return settling.settle(company=self.company, by=self.access.user, text=told["text"],
                               source_key=told["key"], **wish)  # fmt: skip

    def done(self, entry: JournalEntry) -> HttpResponse:
        """Where one goes when it is recorded."""
        return redirect(f"open-{self.side}", self.company.pk)

    def _wish(self, form: PaymentForm) -> dict[str, Any]:
        """What was typed, as ``settle`` takes it. What no item takes is paid on account."""
        told = form.cleaned_data
        money = Money(told["account"], told["amount"], told.get("base") or None)
        return {"date": told["date"], "parts": form.parts(), "money": money, "party": self.party,
                "account": self._control()}  # fmt: skip

    def _control(self) -> Account:
        """The control account of the side, in the currency of the payment where it has one."""
        own = self._currency == self.company.currency
        accounts = Account.of(self.company).filter(control=self.side).order_by("number")
        found: Account | None = (
            accounts.filter(currency="" if own else self._currency).first() or accounts.first()
        )
        if found is None:
            raise PurposeMissing(purpose=self.side.label)
        return found

    @property
    def _currency(self) -> str:
        told = self.request.GET.get("currency", "").upper()[:3]
        return told if told.isalpha() and len(told) == 3 else self.company.currency

    def form(self, **told: Any) -> PaymentForm:
        items = queries.open_of(self.company, self.side, party=self.party, currency=self._currency)
        return PaymentForm(company=self.company, currency=self._currency, items=items, **told)

    def _parties(self) -> HttpResponse:
        """Whose payment it is: those who owe something, or a name."""
        rows = queries.ageing(self.company, clock.today(), self.side).rows
        context = {"page_title": _("Record a payment"), "side": self.side, "rows": rows}
        return render(self.request, "accounting/open_items/pay_whose.html", context)

    def _show(self, form: PaymentForm, plan: Any = None) -> HttpResponse:
        context = {
            "page_title": _("Payment: %s") % self.party.name, "party": self.party, "form": form,
            "plan": plan, "side": self.side, "currency": self._currency,
            "currencies": queries.currencies_of(self.company, self.side, party=self.party),
            "list_url": f"open-{self.side}",
        }  # fmt: skip
        return render(self.request, "accounting/open_items/pay.html", context)


def _shared(typed: Any, form: PaymentForm) -> Any:
    """The same form, with the amount shared out over its items, the oldest first."""
    told, data = form.cleaned_data, typed.copy()
    for part in shared_out(form.items, told["amount"], date=told["date"]):
        data[f"paid-{part.item.pk}"] = str(part.paid) if part.paid else ""
        data[f"discount-{part.item.pk}"] = str(part.discount) if part.discount else ""
    return data
