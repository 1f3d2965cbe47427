"""``/api/v1/companies/{company}/``: bank accounts, statements and bank transactions."""

from __future__ import annotations

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from accounting.banking import booking, importing
from accounting.banking.camt.reading import LARGEST
from accounting.banking.matching.jobs import match_later
from accounting.banking.models import BankAccount, BankTransaction, Statement
from accounting.banking.reconciling import paging
from accounting.banking.reconciling.api import (
    AccountStateOutput,
    BankLinePageOutput,
    LinesQuery,
    ReconcilingActions,
    StateQuery,
)
from accounting.banking.reconciling.reports import state_table
from accounting.banking.reconciling.state import state_of
from accounting.banking.rules.api import BankRuleViewSet
from accounting.ledger.api.lines import LineInput, LinesInput, typed_lines
from accounting.ledger.models import Account
from erp.access.permissions import Permission
from erp.api.authentication import bearer_in
from erp.api.endpoints import CompanyViewSet
from erp.api.files import UploadInput
from erp.api.inputs import AmountField, Input
from erp.api.reports import Filed, shown_or_filed
from erp.api.schema import KEY
from erp.core import clock
from erp.core.money import RATE_DIGITS
from erp.documents.storing import read_upload


class BankAccountOutput(serializers.ModelSerializer[BankAccount]):
    account = serializers.CharField(source="account.number")

    class Meta:
        model = BankAccount
        fields = ("id", "name", "iban", "qr_iban", "currency", "account", "books_certain")


class BankAccountInput(Input):
    """A bank account to add, or the fields of one to change."""

    name = serializers.CharField(max_length=60)
    iban = serializers.CharField(max_length=42)
    qr_iban = serializers.CharField(max_length=30, required=False, allow_blank=True)
    currency = serializers.CharField(min_length=3, max_length=3)
    account = serializers.CharField(max_length=10)
    books_certain = serializers.BooleanField(
        required=False, help_text="Whether certain matches are booked by themselves"
    )

    def validate_account(self, number: str) -> Account:
        account = Account.of(self.context["company"]).filter(number=number).first()
        if account is None:
            raise serializers.ValidationError(f"There is no account {number}.", code="unknown")
        return account


class AgreementOutput(serializers.Serializer[Any]):
    """The ledger beside the last statement (camt.053), on its day and in the account's currency.

    ``difference`` is the statement less the ledger and what is not booked yet (``unbooked``, from
    ``waiting`` transactions); the books agree when it is zero and nothing waits. Without a
    statement nothing is compared.
    """

    bank_account = serializers.IntegerField(source="bank_account.pk")
    statement = serializers.IntegerField(source="statement.pk", default=None, allow_null=True)
    date = serializers.DateField(source="statement.to_date", default=None, allow_null=True)
    closing = AmountField(source="statement.closing", default=None, allow_null=True)
    ledger = AmountField()
    unbooked = AmountField()
    waiting = serializers.IntegerField()
    difference = AmountField(allow_null=True)
    agrees = serializers.BooleanField()


class BankAccountViewSet(mixins.ListModelMixin, Filed):
    """``…/bank-accounts/``"""

    permissions = {
        "list": Permission.BANKING_READ,
        "retrieve": Permission.BANKING_READ,
        "agreement": Permission.BANKING_READ,
        "state": Permission.BANKING_READ,
        "lines": Permission.BANKING_READ,
        "create": Permission.BANKING_CHANGE,
        "partial_update": Permission.BANKING_CHANGE,
    }
    step_up = frozenset({"create", "partial_update"})
    takes_along = {"state": Permission.LEDGER_EXPORT}
    serializer_class = BankAccountOutput
    queryset = BankAccount.unscoped.none()
    pagination_class = None

    def get_queryset(self) -> QuerySet[BankAccount]:
        return BankAccount.of(self.company).select_related("account", "company").order_by("name")

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=BankAccountInput)
    def create(self, request: Request, **kwargs: Any) -> Response:
        bank = BankAccount(company=self.company, **self.told(BankAccountInput))
        return self.shown(booking.save_bank_account(bank, by=self.access.user), 201)

    @extend_schema(request=BankAccountInput)
    def partial_update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        bank = self.changing()
        for name, value in self.told(BankAccountInput, partial=True).items():
            setattr(bank, name, value)
        return self.shown(booking.save_bank_account(bank, by=self.access.user))

    @extend_schema(responses=AgreementOutput)
    @action(detail=True, methods=["get"])
    def agreement(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Whether the ledger agrees with the bank (Abstimmung)."""
        return Response(AgreementOutput(booking.agreement(self.get_object())).data)

    @shown_or_filed(AccountStateOutput, parameters=[StateQuery])
    @action(detail=True, methods=["get"])
    def state(self, request: Request, pk: str, **kwargs: Any) -> HttpResponse | Response:
        """Ledger and bank on the day of a statement, and their difference entry by entry."""
        found = state_of(self.get_object(), on=self.asked(StateQuery).get("on"))
        if self.form:
            return self.filed(state_table(found))
        return Response(AccountStateOutput(found).data)

    @extend_schema(parameters=[LinesQuery], responses=BankLinePageOutput)
    @action(detail=True, methods=["get"])
    def lines(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """A page of what waits to be booked, with suggestions and their reasons."""
        told = self.asked(LinesQuery)
        page = paging.page_of(
            self.get_object(), after=told.get("after", ""), text=told.get("q", ""),
            with_items=self.access.may(Permission.OPEN_ITEMS_READ),
        )  # fmt: skip
        return Response(BankLinePageOutput(page).data)


class StatementOutput(serializers.ModelSerializer[Statement]):
    bank_account = serializers.IntegerField(source="bank_account_id")
    opening = AmountField(allow_null=True)
    closing = AmountField(allow_null=True)

    class Meta:
        model = Statement
        fields = ("id", "bank_account", "identification", "message_type", "from_date", "to_date",
                  "opening", "closing", "entry_count", "imported_at")  # fmt: skip


class TakenOutput(serializers.Serializer[Any]):
    """What became of a statement; ``gap`` is how far it opens from where the last one closed."""

    statement = serializers.CharField()
    bank_account = serializers.IntegerField(source="bank_account.pk")
    new = serializers.IntegerField()
    known = serializers.IntegerField()
    enriched = serializers.IntegerField()
    pending = serializers.IntegerField()
    gap = AmountField()


class StatementViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/statements/``: POST a camt file as multipart ``file``."""

    permissions = {"list": Permission.BANKING_READ, "create": Permission.BANKING_IMPORT}
    serializer_class = StatementOutput
    queryset = Statement.unscoped.none()
    parser_classes = (MultiPartParser,)
    largest_file = LARGEST
    ordering = ("-pk",)

    def get_queryset(self) -> QuerySet[Statement]:
        return Statement.of(self.company).order_by("-pk")

    @extend_schema(
        request={"multipart/form-data": UploadInput},
        responses={201: TakenOutput(many=True)},
        parameters=[KEY],
    )
    def create(self, request: Request, **kwargs: Any) -> Response:
        upload = self.told(UploadInput)["file"]

        def take() -> Response:
            content = read_upload(upload, LARGEST)
            taken = importing.take_in(company=self.company, content=content, by=self.access.user)
            match_later(self.access, within=bearer_in(request))
            return Response(TakenOutput(taken, many=True).data, status=201)

        return self.once(take)


class BankTransactionOutput(serializers.ModelSerializer[BankTransaction]):
    bank_account = serializers.IntegerField(source="bank_account_id")
    entry = serializers.IntegerField(source="entry_id", allow_null=True)
    amount = AmountField()

    class Meta:
        model = BankTransaction
        fields: tuple[str, ...] = (
            "id", "bank_account", "booking_date", "value_date", "amount", "is_reversal",
            "party", "party_iban", "reference", "text", "entry",
        )  # fmt: skip


class PaymentOutput(serializers.Serializer[Any]):
    """One payment of a transaction, as the bank told it."""

    amount = serializers.CharField()
    currency = serializers.CharField()
    party = serializers.CharField()
    party_iban = serializers.CharField()
    reference = serializers.CharField()
    reference_type = serializers.CharField()
    end_to_end_id = serializers.CharField()
    servicer_reference = serializers.CharField()
    text = serializers.CharField()
    return_reason = serializers.CharField()
    charges = serializers.CharField(help_text="What banks took off, in the account's currency")
    instructed = serializers.CharField(help_text="What was ordered, in a currency of its own")
    instructed_currency = serializers.CharField()


class BankTransactionDetailOutput(BankTransactionOutput):
    """A transaction with its statement and its payments."""

    statement = serializers.IntegerField(source="statement_id")
    details = PaymentOutput(many=True)

    class Meta(BankTransactionOutput.Meta):
        fields = (*BankTransactionOutput.Meta.fields, "statement", "bank_code", "details")


class UnbookedOutput(BankTransactionOutput):
    """A transaction that is open again; ``reversal`` is the entry that undid its own."""

    reversal = serializers.IntegerField()

    class Meta(BankTransactionOutput.Meta):
        fields = (*BankTransactionOutput.Meta.fields, "reversal")


class ProposalOutput(serializers.Serializer[Any]):
    """What was booked last for the same party, and why; nothing where it is new."""

    account = serializers.CharField(allow_null=True, default=None)
    vat_code = serializers.CharField(allow_null=True, default=None)
    because = serializers.CharField(allow_null=True, default=None)


class BookingInput(LinesInput):
    """A contra account for the whole amount, or lines; one without an amount takes the rest."""

    account = serializers.CharField(max_length=10, required=False)
    vat_code = serializers.CharField(max_length=6, required=False, allow_blank=True)
    text = serializers.CharField(max_length=200, required=False, allow_blank=True)
    rate = AmountField(decimals=RATE_DIGITS, required=False)
    lines = LineInput(many=True, required=False, max_length=200)  # type: ignore[call-arg]

    def validate(self, told: dict[str, Any]) -> dict[str, Any]:
        """What ``booking.book`` takes."""
        account, code = told.pop("account", ""), told.pop("vat_code", "")
        lines = told.pop("lines", [])
        if bool(account) == bool(lines):
            raise serializers.ValidationError({"account": ["Send an account, or lines."]})
        if account:
            row = {"account": account, "vat_code": code}
            try:
                lines = typed_lines(self.context["company"], [row])
            except serializers.ValidationError as error:
                (faults,) = cast(list[Any], error.detail)
                raise serializers.ValidationError(faults) from None
        return told | {"contra": lines}


class BankTransactionQuery(serializers.Serializer[Any]):
    open = serializers.BooleanField(required=False, help_text="to be booked, or booked")
    bank_account = serializers.IntegerField(required=False, min_value=1, max_value=10**18)


class BankTransactionViewSet(mixins.ListModelMixin, ReconcilingActions):
    """``…/bank-transactions/``"""

    permissions = {
        "list": Permission.BANKING_READ,
        "retrieve": Permission.BANKING_READ,
        "proposal": Permission.BANKING_READ,
        "matches": Permission.BANKING_READ,
        "suggestions": Permission.BANKING_READ,
        "items": Permission.BANKING_READ,
        "accept": Permission.BANKING_POST,
        "accept_certain": Permission.BANKING_POST,
        "take": Permission.BANKING_POST,
        "share_out": Permission.BANKING_POST,
        "book": Permission.BANKING_POST,
        "unbook": Permission.BANKING_POST,
    }
    serializer_class = BankTransactionOutput
    follows = "bank_transaction"
    queryset = BankTransaction.unscoped.none()

    def get_queryset(self) -> QuerySet[BankTransaction]:
        if self.action != "list":
            return BankTransaction.of(self.company).select_related("company", "bank_account")
        told = self.asked(BankTransactionQuery)
        rows = BankTransaction.of(self.company)
        if "open" in told:
            waiting = BankTransaction.waiting(self.company)
            rows = waiting if told["open"] else rows.exclude(entry=None)
        if "bank_account" in told:
            rows = rows.filter(bank_account=told["bank_account"])
        return rows.order_by("pk")

    @extend_schema(parameters=[BankTransactionQuery])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(responses=BankTransactionDetailOutput)
    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return Response(BankTransactionDetailOutput(self.get_object()).data)

    @extend_schema(responses=ProposalOutput)
    @action(detail=True, methods=["get"])
    def proposal(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """What to book a transaction against, going by its party."""
        movement = self.get_object()
        found = booking.proposals(self.company, [movement]).get(movement.pk)
        return Response(ProposalOutput(found or {}).data)

    @extend_schema(request=BookingInput, responses={201: BankTransactionOutput}, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def book(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Book a transaction against its contra account."""
        movement, told = self.get_object(), self.told(BookingInput)

        def act() -> Response:
            booking.book(movement, by=self.access.user, **told)
            return Response(BankTransactionOutput(self.get_object()).data, status=201)

        return self.once(act)

    @extend_schema(request=None, responses={201: UnbookedOutput}, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def unbook(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Undo a booking on its own day, or today where that period is locked."""
        movement = self.get_object()
        if movement.matched.get("payments") and not self.access.may(Permission.OPEN_ITEMS_SETTLE):
            raise PermissionDenied

        def act() -> Response:
            mirror = booking.unbook(movement, by=self.access.user, date=clock.today())
            found = self.get_object()
            found.reversal = mirror.pk
            return Response(UnbookedOutput(found).data, status=201)

        return self.once(act)


router = SimpleRouter()
router.register("bank-accounts", BankAccountViewSet, basename="bank-accounts")
router.register("bank-rules", BankRuleViewSet, basename="bank-rules")
router.register("statements", StatementViewSet, basename="statements")
router.register("bank-transactions", BankTransactionViewSet, basename="bank-transactions")
urls = router.urls
