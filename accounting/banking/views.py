"""Bank accounts, statements, and booking what the bank reported."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounting.banking import booking, importing
from accounting.banking.camt import reading
from accounting.banking.matching import accepting
from accounting.banking.matching.jobs import match_later
from accounting.banking.matching.orders import may_match
from accounting.banking.matching.proposing import Matched, proposals_for
from accounting.banking.matching.reasons import kept
from accounting.banking.models import BankAccount, BankTransaction, Statement
from accounting.banking.reconciling.offering import choices_of
from accounting.ledger.entering import TypedLine
from accounting.ledger.models import Account, JournalEntry
from accounting.ledger.models.accounts import LIQUID
from accounting.ledger.views.entering import told
from erp.access.permissions import Permission
from erp.companies.models import Company
from erp.core import clock
from erp.core.display import chf
from erp.core.errors import DomainError
from erp.core.money import RATE_DIGITS, ZERO, parse_amount
from erp.web.bodies import read_object
from erp.web.importing import UploadForm
from erp.web.pages import CompanyView, id_of, refused, tell

PAGE = 50
MOST_REASONS = 6  # of a booked transaction, under its row


class BankAccountForm(forms.ModelForm):
    class Meta:
        model = BankAccount
        fields = ("name", "iban", "qr_iban", "currency", "account", "books_certain")

    def __init__(self, *args: Any, company: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accounts = Account.of(company).filter(or_position=LIQUID).order_by("number")
        self.fields["account"].queryset = accounts  # type: ignore[attr-defined]
        for name in ("iban", "qr_iban"):
            self.fields[name].widget.attrs |= {
                "data-iban": "", "data-unknown": _("no bank has this number"),
                "data-joined": _("taken over, ask for the new IBAN"), "data-closed": _("closed"),
            }  # fmt: skip

    def validate_unique(self) -> None:
        """The act decides, in the books' own words."""


class BankAccounts(CompanyView):
    """``/c/{company}/banking/accounts/``: accounts, and whether the ledger agrees with them."""

    permission = Permission.BANKING_READ
    permissions = {"POST": Permission.BANKING_CHANGE}
    step_up = frozenset({"POST"})
    help_page = "bank-accounts"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request, BankAccountForm(company=self.company))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        bank = BankAccount(company=self.company)
        form = BankAccountForm(request.POST, instance=bank, company=self.company)
        if form.is_valid():
            try:
                booking.save_bank_account(bank, by=self.access.user)
            except DomainError as refusal:
                tell(form, refusal)
            else:
                return redirect("bank-accounts", self.company.pk)
        return refused(request, self._show(request, form))

    def _show(self, request: HttpRequest, form: BankAccountForm) -> HttpResponse:
        context = {
            "page_title": _("Bank accounts"),
            "agreements": _agreements(self.company),
            "form": form,
        }
        return render(request, "accounting/banking/accounts.html", context)


class BankAccountPage(CompanyView):
    """``/c/{company}/banking/accounts/{bank}/``: the settings of a bank account."""

    permission = Permission.BANKING_READ
    permissions = {"POST": Permission.BANKING_CHANGE}
    step_up = frozenset({"POST"})
    help_page = "bank-accounts"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        bank = self._bank()
        return self._show(bank, BankAccountForm(instance=bank, company=self.company))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        bank = self._bank()
        form = BankAccountForm(request.POST, instance=bank, company=self.company)
        if form.is_valid():
            try:
                booking.save_bank_account(bank, by=self.access.user)
            except DomainError as refusal:
                tell(form, refusal)
            else:
                messages.success(request, _("The settings are saved."))
                return redirect("bank-account", self.company.pk, bank.pk)
        return refused(request, self._show(self._bank(), form))

    def _bank(self) -> BankAccount:
        rows = BankAccount.of(self.company).select_related("account", "company")
        found: BankAccount = get_object_or_404(rows, pk=self.kwargs["bank"])
        return found

    def _show(self, bank: BankAccount, form: BankAccountForm) -> HttpResponse:
        context = {"page_title": bank.name, "bank": bank, "form": form}
        return render(self.request, "accounting/banking/account.html", context)


class Statements(CompanyView):
    """``/c/{company}/banking/statements/``: import files, see what was imported."""

    permission = Permission.BANKING_READ
    permissions = {"POST": Permission.BANKING_IMPORT}
    largest_file = reading.LARGEST
    help_page = "statements"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request, UploadForm())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            upload = form.cleaned_data["file"]
            try:
                if upload.size > reading.LARGEST:
                    raise reading.TooLarge(limit=reading.LARGEST >> 20)
                taken = importing.take_in(
                    company=self.company, content=upload.read(), by=self.access.user
                )
            except DomainError as refusal:
                tell(form, refusal)
            else:
                for one in taken:
                    if one.gap:
                        messages.warning(
                            request,
                            _("Statement %(name)s opens %(gap)s away from where the one before "
                              "closed. A statement is missing between them.")
                            % {"name": one.statement, "gap": chf(one.gap)},
                        )  # fmt: skip
                    messages.success(
                        request,
                        _("Statement %(name)s: %(new)s new, %(known)s known, %(enriched)s completed.")
                        % {"name": one.statement, "new": one.new, "known": one.known,
                           "enriched": one.enriched},
                    )  # fmt: skip
                if match_later(self.access):
                    messages.info(
                        request, _("What is certain is being booked. Load the page again in a moment.")
                    )  # fmt: skip
                return redirect("bank-transactions", self.company.pk)
        return refused(request, self._show(request, form))

    def _show(self, request: HttpRequest, form: UploadForm) -> HttpResponse:
        rows = Statement.of(self.company).select_related("bank_account").order_by("-pk")[:100]
        context = {"page_title": _("Statements"), "statements": rows, "form": form}
        return render(request, "accounting/banking/statements.html", context)


class BankTransactions(CompanyView):
    """``/c/{company}/banking/transactions/``: what waits to be booked, with a proposal each."""

    permission = Permission.BANKING_READ
    help_page = "bank-transactions"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        waiting = BankTransaction.waiting(self.company)
        rows = list(waiting.select_related("bank_account").order_by("booking_date", "pk")[:PAGE])
        proposed = booking.proposals(self.company, rows)
        matched = self._matched(rows)
        booked = (
            BankTransaction.of(self.company)
            .exclude(entry=None)
            .select_related("bank_account", "entry")
            .order_by("-booking_date", "-pk")[:20]
        )
        if request.GET.get("entry"):
            booked = BankTransaction.of(self.company).filter(entry=id_of(request.GET["entry"]))
            booked = booked.select_related("bank_account", "entry")
        offered = choices_of(self.company)
        context = {
            "page_title": _("Bank transactions"),
            "rows": [
                (row, proposed.get(row.pk), booking.description(row), matched.get(row.pk, []))
                for row in rows
            ],
            "certain": sum(
                accepting.is_certain(row, matched[row.pk]) for row in rows if row.pk in matched
            ),
            "may_settle": all(
                self.access.may(p) for p in (Permission.BANKING_POST, Permission.OPEN_ITEMS_SETTLE)
            ),
            "columns": 6 + bool(offered["vat_codes"]) + self.company.uses("costs"),
            "waiting": waiting.count(),
            "booked": [(row, _why(row)) for row in booked],
            "one_entry": request.GET.get("entry", ""),
            "agreements": _agreements(self.company),
            **offered,
        }
        return render(request, "accounting/banking/transactions.html", context)

    def _matched(self, rows: list[BankTransaction]) -> dict[int, list[Matched]]:
        """What is proposed for rows, where anything is kept as open items and may be seen."""
        if not may_match(self.company) or not self.access.may(Permission.OPEN_ITEMS_READ):
            return {}
        return proposals_for(self.company, rows)


def _why(row: BankTransaction) -> list[str]:
    """Why a booked transaction was booked as it was."""
    return [one.sentence for one in kept(row.matched)][:MOST_REASONS]


class BookTransaction(CompanyView):
    """``/c/{company}/banking/transactions/{movement}/book/``: POST JSON, answer JSON."""

    permission = Permission.BANKING_POST

    def post(self, request: HttpRequest, movement: int, **kwargs: Any) -> HttpResponse:
        found = get_object_or_404(BankTransaction.of(self.company), pk=movement)
        try:
            typed = read_object(request.body, lists=("parts",)) | {"inward": found.amount > 0}
            entry = booking.book(
                found, contra=contra_of(typed), by=self.access.user, text=str(typed.get("text", "")),
                rate=parse_amount(typed["rate"], decimals=RATE_DIGITS, field="rate")
                if typed.get("rate") else None,
            )  # fmt: skip
        except DomainError as refusal:
            return refused(request, JsonResponse({"errors": told(refusal)}))
        return booked_answer(request, self.company, entry)


def booked_answer(request: HttpRequest, company: Company, entry: JournalEntry) -> HttpResponse:
    """What the page's script shows when a transaction is booked."""
    return JsonResponse(
        {
            "number": entry.number,
            "url": reverse("entry", args=[company.pk, entry.pk]),
            "said": _("Entry %s is posted.") % entry.number,
            "agreements": render_to_string(
                "accounting/banking/_agreements.html",
                {"agreements": _agreements(company), "company": company},
                request,
            ),
            "waiting": BankTransaction.waiting(company).count(),
        }
    )


class UnbookTransaction(CompanyView):
    """``/c/{company}/banking/transactions/{movement}/unbook/``"""

    permission = Permission.BANKING_POST

    def post(self, request: HttpRequest, movement: int, **kwargs: Any) -> HttpResponse:
        found = get_object_or_404(BankTransaction.of(self.company), pk=movement)
        if found.matched.get("payments"):
            self.require(Permission.OPEN_ITEMS_SETTLE)
        try:
            mirror = booking.unbook(found, by=self.access.user, date=clock.today())
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The booking is undone by entry %s.") % mirror.number)
        return redirect("bank-transactions", self.company.pk)


def _agreements(company: Company) -> list[booking.Agreement]:
    banks = BankAccount.of(company).select_related("account", "company").order_by("name")
    return [booking.agreement(bank) for bank in banks]


def contra_of(typed: dict[str, Any]) -> list[TypedLine]:
    """The row's own account, which takes what is left, and the parts split off."""
    parts = [part for part in typed.get("parts") or [] if part.get("account") or part.get("amount")]
    return [_line(typed, ZERO, text=""), *(
        _line(part, parse_amount(str(part.get("amount", "")), field="amount"),
              text=str(part.get("text", ""))[:200], inward=bool(typed.get("inward")))
        for part in parts
    )]  # fmt: skip


def _line(row: dict[str, Any], amount: Decimal, *, text: str, inward: bool = False) -> TypedLine:
    """A contra line; a negative amount, such as a fee, stands on the bank's own side."""
    on_credit = inward == (amount > 0)
    return TypedLine(
        account=str(row.get("account", "")),
        debit=ZERO if on_credit else abs(amount),
        credit=abs(amount) if on_credit else ZERO,
        vat_code=str(row.get("vat_code", "")),
        cost_centre=str(row.get("cost_centre", "")),
        text=text,
    )
