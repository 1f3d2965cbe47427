"""``/api/v1/companies/{company}/``: bank accounts, statements and bank transactions."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from accounting.banking import booking, importing
from accounting.banking.models import BankAccount, BankTransaction, Statement
from accounting.ledger.api import LineInput
from accounting.ledger.entering import TypedLine
from accounting.ledger.models import Account
from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import AmountField, Input
from erp.core.money import ZERO

KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)


class BankAccountOutput(serializers.ModelSerializer[BankAccount]):
    account = serializers.CharField(source="account.number")

    class Meta:
        model = BankAccount
        fields = ("id", "name", "iban", "qr_iban", "currency", "account")


class BankAccountInput(Input):
    name = serializers.CharField(max_length=60)
    iban = serializers.CharField(max_length=42)
    qr_iban = serializers.CharField(max_length=30, required=False, allow_blank=True)
    currency = serializers.CharField(min_length=3, max_length=3)
    account = serializers.CharField(max_length=10)

    def validate_account(self, number: str) -> Account:
        account = Account.of(self.context["company"]).filter(number=number).first()
        if account is None:
            raise serializers.ValidationError(f"There is no account {number}.", code="unknown")
        return account


class BankAccountViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/bank-accounts/``"""

    permissions = {"list": Permission.BANKING_READ, "create": Permission.BANKING_CHANGE}
    serializer_class = BankAccountOutput
    queryset = BankAccount.unscoped.none()
    pagination_class = None

    def get_queryset(self) -> QuerySet[BankAccount]:
        if not hasattr(self, "company"):
            return BankAccount.unscoped.none()
        return BankAccount.of(self.company).select_related("account").order_by("name")

    @extend_schema(request=BankAccountInput, responses={201: BankAccountOutput})
    def create(self, request: Request, **kwargs: Any) -> Response:
        data = BankAccountInput(data=request.data, context=self.get_serializer_context())
        data.is_valid(raise_exception=True)
        bank = booking.save_bank_account(
            BankAccount(company=self.company, **data.validated_data), by=self.access.user
        )
        return Response(BankAccountOutput(bank).data, status=201)


class StatementOutput(serializers.ModelSerializer[Statement]):
    bank_account = serializers.IntegerField(source="bank_account_id")
    opening = AmountField(allow_null=True)
    closing = AmountField(allow_null=True)

    class Meta:
        model = Statement
        fields = ("id", "bank_account", "identification", "message_type", "from_date", "to_date",
                  "opening", "closing", "entry_count", "imported_at")  # fmt: skip


class StatementUpload(serializers.Serializer[Any]):
    file = serializers.FileField(max_length=200)


class TakenOutput(serializers.Serializer[Any]):
    statement = serializers.CharField()
    bank_account = serializers.IntegerField(source="bank_account.pk")
    new = serializers.IntegerField()
    known = serializers.IntegerField()
    enriched = serializers.IntegerField()
    pending = serializers.IntegerField()


class StatementViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/statements/``: POST a camt file as multipart ``file``."""

    permissions = {"list": Permission.BANKING_READ, "create": Permission.BANKING_IMPORT}
    serializer_class = StatementOutput
    queryset = Statement.unscoped.none()
    parser_classes = (MultiPartParser,)
    ordering = ("-pk",)

    def get_queryset(self) -> QuerySet[Statement]:
        if not hasattr(self, "company"):
            return Statement.unscoped.none()
        return Statement.of(self.company).order_by("-pk")

    @extend_schema(
        request={"multipart/form-data": StatementUpload},
        responses={201: TakenOutput(many=True)},
        parameters=[KEY],
    )
    def create(self, request: Request, **kwargs: Any) -> Response:
        data = StatementUpload(data=request.data)
        data.is_valid(raise_exception=True)

        def take() -> Response:
            upload = data.validated_data["file"]
            upload.seek(0)
            taken = importing.take_in(
                company=self.company, content=upload.read(), by=self.access.user
            )
            return Response(TakenOutput(taken, many=True).data, status=201)

        return self.once(take)


class BankTransactionOutput(serializers.ModelSerializer[BankTransaction]):
    bank_account = serializers.IntegerField(source="bank_account_id")
    entry = serializers.IntegerField(source="entry_id", allow_null=True)
    amount = AmountField()

    class Meta:
        model = BankTransaction
        fields = ("id", "bank_account", "booking_date", "value_date", "amount", "is_reversal",
                  "party", "party_iban", "reference", "text", "entry")  # fmt: skip


class BookingInput(Input):
    """A contra account for the whole amount, or lines."""

    account = serializers.CharField(max_length=10, required=False)
    vat_code = serializers.CharField(max_length=6, required=False, allow_blank=True)
    text = serializers.CharField(max_length=200, required=False, allow_blank=True)
    rate = AmountField(decimals=4, required=False)
    lines = LineInput(many=True, required=False, max_length=200)  # type: ignore[call-arg]

    def validate(self, told: dict[str, Any]) -> dict[str, Any]:
        if bool(told.get("account")) == bool(told.get("lines")):
            raise serializers.ValidationError({"account": ["Send an account, or lines."]})
        return told


class BankTransactionViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/bank-transactions/``"""

    permissions = {"list": Permission.BANKING_READ, "book": Permission.BANKING_POST}
    serializer_class = BankTransactionOutput
    queryset = BankTransaction.unscoped.none()
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[BankTransaction]:
        if not hasattr(self, "company"):
            return BankTransaction.unscoped.none()
        rows = BankTransaction.of(self.company).order_by("pk")
        return rows.filter(entry=None) if "open" in self.request.query_params else rows

    @extend_schema(request=BookingInput, responses={201: BankTransactionOutput}, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def book(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Book a transaction against its contra account."""
        movement = get_object_or_404(BankTransaction.of(self.company), pk=int(pk))
        data = BookingInput(data=request.data, context=self.get_serializer_context())
        data.is_valid(raise_exception=True)
        told = data.validated_data
        rows = told.get("lines") or [{"account": told["account"],
                                      "vat_code": told.get("vat_code", "")}]  # fmt: skip
        contra = [TypedLine(**{"debit": ZERO, "credit": ZERO, **row}) for row in rows]

        def act() -> Response:
            booking.book(movement, contra=contra, by=self.access.user, text=told.get("text", ""),
                         rate=told.get("rate"))  # fmt: skip
            movement.refresh_from_db()
            return Response(BankTransactionOutput(movement).data, status=201)

        return self.once(act)


router = SimpleRouter()
router.register("bank-accounts", BankAccountViewSet, basename="bank-accounts")
router.register("statements", StatementViewSet, basename="statements")
router.register("bank-transactions", BankTransactionViewSet, basename="bank-transactions")
urls = router.urls
