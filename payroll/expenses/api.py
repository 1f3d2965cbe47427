"""``…/my-expenses/``, ``…/expense-claims/``, ``…/expense-kinds/`` and ``…/expense-rates/``."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from erp.access.permissions import Permission
from erp.api import pictures
from erp.api.endpoints import CompanyViewSet
from erp.api.files import AnyType, UploadInput
from erp.api.parsers import StrictJSONParser
from erp.api.pictures import PageQuery
from erp.api.schema import KEY
from erp.core import clock
from erp.documents.models import StoredFile
from erp.documents.serving import original
from erp.documents.storing import read_upload, store
from payroll.expenses import booking, claiming, deciding, kinds, queries
from payroll.expenses.claiming import TypedExpense
from payroll.expenses.models import ExpenseClaim, ExpenseKind, ExpenseRate
from payroll.expenses.shapes import (
    AllClaimsQuery,
    ApproveClaimInput,
    BookClaimInput,
    ClaimsQuery,
    ExpenseClaimBrief,
    ExpenseClaimInput,
    ExpenseClaimOutput,
    ExpenseKindInput,
    ExpenseKindOutput,
    ExpenseRateInput,
    ExpenseRateOutput,
    OfferedKindOutput,
    PayWithWageInput,
    RejectClaimInput,
)
from payroll.expenses.views.own import receipt_of


class _Claims(mixins.ListModelMixin, CompanyViewSet):
    """Claims that are listed and read; whose they may be is the subclass's to say."""

    serializer_class = ExpenseClaimOutput
    queryset = ExpenseClaim.unscoped.none()
    follows = "expense_claim"
    ordering = ("-number",)

    def get_serializer_class(self) -> Any:
        return ExpenseClaimBrief if self.action == "list" else ExpenseClaimOutput

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    def again(self, claim: ExpenseClaim, status: int = 200) -> Response:
        """A claim as it is now."""
        return self.shown(self.get_queryset().get(pk=claim.pk), status)


class OwnClaimViewSet(_Claims):
    """``…/my-expenses/``: one's own claims; those of others are not there."""

    permissions = dict.fromkeys(
        ("list", "retrieve", "create", "update", "destroy", "submit", "withdraw", "kinds"),
        Permission.EXPENSES_OWN,
    )

    def get_queryset(self) -> QuerySet[ExpenseClaim]:
        asked = self.asked(ClaimsQuery) if self.action == "list" else {}
        return queries.claims(self.company, user=self.access.user.pk, **asked)

    def reach(self) -> QuerySet[ExpenseClaim]:
        return ExpenseClaim.of(self.company).filter(user=self.access.user)

    @extend_schema(parameters=[ClaimsQuery], responses=ExpenseClaimBrief(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        return super().list(request, **kwargs)

    @extend_schema(request=ExpenseClaimInput)
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Write a claim; receipts are sent afterwards, to each line."""
        return self.again(self._saved(None), 201)

    @extend_schema(request=ExpenseClaimInput)
    def update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Write a claim anew that is not handed in; a line that names another by ``line`` keeps its receipt."""
        return self.again(self._saved(self.changing()))

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Delete a claim that is not handed in."""
        user = self.access.user
        claiming.delete_claim(self.changing(), user=user, by=user)
        return Response(status=204)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Hand a claim in; from now on it stays as it is."""
        user = self.access.user
        return self.again(deciding.submit(self.get_object(), user=user, by=user))

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Take a claim back that nobody has decided on."""
        user = self.access.user
        return self.again(deciding.withdraw(self.get_object(), user=user, by=user))

    @extend_schema(responses=OfferedKindOutput(many=True))
    @action(detail=False, methods=["get"], pagination_class=None)
    def kinds(self, request: Request, **kwargs: Any) -> Response:
        """The kinds that may be claimed."""
        found = queries.offered(self.company, clock.today())
        return Response(OfferedKindOutput(found, many=True).data)

    def _saved(self, claim: ExpenseClaim | None) -> ExpenseClaim:
        told, user = self.told(ExpenseClaimInput), self.access.user
        lines = [TypedExpense(**row) for row in told["lines"]]
        return claiming.save_claim(company=self.company, user=user, title=told["title"],
                                   lines=lines, by=user, claim=claim)  # fmt: skip


class _Receipts(CompanyViewSet):
    """A receipt by the position of its line."""

    serializer_class = ExpenseClaimOutput
    queryset = ExpenseClaim.unscoped.none()
    parser_classes = (StrictJSONParser, MultiPartParser)
    renderer_classes = (JSONRenderer, AnyType)

    @extend_schema(responses={(200, "*/*"): OpenApiTypes.BINARY})
    def retrieve(self, request: Request, pk: str, nth: int, **kwargs: Any) -> HttpResponse:
        """The receipt of a line."""
        return original(self._receipt(nth), download=True)

    @extend_schema(parameters=[PageQuery], responses=pictures.RESPONSES)
    def picture(self, request: Request, pk: str, nth: int, **kwargs: Any) -> HttpResponse:
        """A page of the receipt of a line, drawn anew as a picture of a size."""
        return pictures.shown(request, self._receipt(nth), **self.asked(PageQuery))

    def _receipt(self, nth: int) -> StoredFile:
        claim = self.get_object()
        rows = [line for line in claiming.lines_of(claim) if line.position == nth]
        return receipt_of(claim, rows[0].pk if rows else 0)


class OwnReceiptViewSet(_Receipts):
    """``…/my-expenses/{id}/lines/{nth}/receipt/``"""

    permissions = dict.fromkeys(("retrieve", "picture", "create"), Permission.EXPENSES_OWN)

    def get_queryset(self) -> QuerySet[ExpenseClaim]:
        return queries.claims(self.company, user=self.access.user.pk)

    @extend_schema(
        request={"multipart/form-data": UploadInput, "application/json": UploadInput},
        responses={201: ExpenseClaimOutput},
    )
    def create(self, request: Request, pk: str, nth: int, **kwargs: Any) -> Response:
        """Keep a receipt (PDF, JPEG, PNG, WebP or HEIC) with a line, in the place of one that is there."""
        claim, user = self.get_object(), self.access.user
        upload = self.told(UploadInput)["file"]
        file = store(company=self.company, name=upload.name or "receipt",
                     content=read_upload(upload), by=user)  # fmt: skip
        claiming.attach(claim, position=nth, file=file, user=user, by=user)
        return self.shown(self.get_queryset().get(pk=claim.pk), 201)


class ClaimViewSet(_Claims):
    """``…/expense-claims/``: the claims of all."""

    permissions = {
        "list": Permission.EXPENSES_READ,
        "retrieve": Permission.EXPENSES_READ,
        "approve": Permission.EXPENSES_APPROVE,
        "reject": Permission.EXPENSES_APPROVE,
        "book": Permission.EXPENSES_POST,
        "pay_with_wage": Permission.EXPENSES_POST,
        "take_back": Permission.EXPENSES_POST,
    }

    def get_queryset(self) -> QuerySet[ExpenseClaim]:
        asked = self.asked(AllClaimsQuery) if self.action == "list" else {}
        return queries.claims(self.company, user=asked.pop("person", None), **asked)

    @extend_schema(parameters=[AllClaimsQuery], responses=ExpenseClaimBrief(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        return super().list(request, **kwargs)

    @extend_schema(request=ApproveClaimInput)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Approve a claim; nobody's own, unless nobody else may."""
        claim, told = self.get_object(), self.told(ApproveClaimInput)
        return self.again(deciding.approve(claim, by=self.access.user, **told))

    @extend_schema(request=RejectClaimInput)
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Send a claim back to be mended."""
        claim, told = self.get_object(), self.told(RejectClaimInput)
        return self.again(deciding.reject(claim, by=self.access.user, **told))

    @extend_schema(request=BookClaimInput, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def book(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Book an approved claim as a bill, with the person as the creditor."""
        claim, told = self.get_object(), self.told(BookClaimInput)
        return self.once(
            lambda: self.again(booking.book_as_bill(claim, by=self.access.user, **told))
        )

    @extend_schema(request=PayWithWageInput, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="pay-with-wage")
    def pay_with_wage(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Let an approved claim be paid with the wage of a month; takes ``payroll.capture``, too."""
        claim, told = self.get_object(), self.told(PayWithWageInput)
        self._may_type()
        return self.once(
            lambda: self.again(booking.book_as_movement(claim, by=self.access.user, **told))
        )

    @extend_schema(request=None, parameters=[KEY])
    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Take the movements of a claim away that is paid with the wage; takes ``payroll.capture``, too."""
        claim = self.get_object()
        self._may_type()
        return self.once(lambda: self.again(booking.take_back(claim, by=self.access.user)))

    def _may_type(self) -> None:
        if not self.access.may(Permission.PAYROLL_CAPTURE):
            raise PermissionDenied


class ClaimReceiptViewSet(_Receipts):
    """``…/expense-claims/{id}/lines/{nth}/receipt/``"""

    permissions = {"retrieve": Permission.EXPENSES_READ, "picture": Permission.EXPENSES_READ}

    def get_queryset(self) -> QuerySet[ExpenseClaim]:
        return queries.claims(self.company)


class ExpenseKindViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/expense-kinds/``"""

    permissions = {
        "list": Permission.EXPENSES_READ,
        "retrieve": Permission.EXPENSES_READ,
        "create": Permission.EXPENSES_SETTINGS,
        "partial_update": Permission.EXPENSES_SETTINGS,
        "destroy": Permission.EXPENSES_SETTINGS,
    }
    serializer_class = ExpenseKindOutput
    queryset = ExpenseKind.unscoped.none()
    follows = "expense_kind"

    def get_queryset(self) -> QuerySet[ExpenseKind]:
        return queries.kinds(self.company)

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=ExpenseKindInput)
    def create(self, request: Request, **kwargs: Any) -> Response:
        kind = ExpenseKind(company=self.company, **self.told(ExpenseKindInput))
        return self.shown(kinds.save_kind(kind, by=self.access.user), 201)

    @extend_schema(request=ExpenseKindInput)
    def partial_update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        kind = self.changing()
        for name, value in self.told(ExpenseKindInput, partial=True).items():
            setattr(kind, name, value)
        return self.shown(kinds.save_kind(kind, by=self.access.user))

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Delete a kind that stands on no claim."""
        kinds.delete_kind(self.changing(), by=self.access.user)
        return Response(status=204)


class ExpenseRateViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/expense-rates/``"""

    permissions = {
        "list": Permission.EXPENSES_READ,
        "retrieve": Permission.EXPENSES_READ,
        "create": Permission.EXPENSES_SETTINGS,
        "destroy": Permission.EXPENSES_SETTINGS,
    }
    serializer_class = ExpenseRateOutput
    queryset = ExpenseRate.unscoped.none()

    def get_queryset(self) -> QuerySet[ExpenseRate]:
        return queries.rates_of(self.company)

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=ExpenseRateInput)
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Let a unit of a flat rate come to so much from a day on."""
        told = self.told(ExpenseRateInput)
        made = kinds.add_rate(told.pop("kind"), by=self.access.user, **told)
        return self.shown(made, 201)

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        kinds.delete_rate(self.changing(), by=self.access.user)
        return Response(status=204)


router = SimpleRouter()
router.register("my-expenses", OwnClaimViewSet, basename="my-expenses")
router.register("expense-claims", ClaimViewSet, basename="expense-claims")
router.register("expense-kinds", ExpenseKindViewSet, basename="expense-kinds")
router.register("expense-rates", ExpenseRateViewSet, basename="expense-rates")
urls = [
    path("my-expenses/<int:pk>/lines/<int:nth>/receipt/",
         OwnReceiptViewSet.as_view({"get": "retrieve", "post": "create"}), name="my-expense-receipt"),
    path("my-expenses/<int:pk>/lines/<int:nth>/receipt/picture/",
         OwnReceiptViewSet.as_view({"get": "picture"}), name="my-expense-picture"),
    path("expense-claims/<int:pk>/lines/<int:nth>/receipt/",
         ClaimReceiptViewSet.as_view({"get": "retrieve"}), name="expense-receipt-file"),
    path("expense-claims/<int:pk>/lines/<int:nth>/receipt/picture/",
         ClaimReceiptViewSet.as_view({"get": "picture"}), name="expense-receipt-picture"),
    *router.urls,
]  # fmt: skip
