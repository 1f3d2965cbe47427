"""``…/approval-rules/`` and ``…/recurring-supplier-invoices/``, for programs."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from accounting.ledger.entering import UnknownCostUnit
from accounting.ledger.models import CostCentre
from accounting.payables import (
    approving,
    queries,
    recurring,
)
from accounting.payables.api import OnInput
from accounting.payables.errors import UnknownMember
from accounting.payables.models import ApprovalRule, RecurringSupplierInvoice
from accounting.payables.shapes import (
    RECURRING,
    ApprovalRuleInput,
    ApprovalRuleOutput,
    RecurringPurchaseBrief,
    RecurringPurchaseInput,
    RecurringPurchaseOutput,
    SupplierInvoiceInput,
    SupplierInvoiceOutput,
)
from erp.access.models import User
from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.schema import KEY


class ApprovalRuleViewSet(CompanyViewSet):
    """``…/approval-rules/``"""

    permissions = {
        "list": Permission.PAYABLES_READ, "retrieve": Permission.PAYABLES_READ, "create": Permission.PAYABLES_SETTINGS,
        "update": Permission.PAYABLES_SETTINGS, "destroy": Permission.PAYABLES_SETTINGS,
    }  # fmt: skip
    serializer_class = ApprovalRuleOutput
    queryset = ApprovalRule.unscoped.none()
    ordering = ("position", "pk")

    def get_queryset(self) -> QuerySet[ApprovalRule]:
        return ApprovalRule.of(self.company).select_related(
            "company", "cost_centre", "approver", "deputy"
        )

    @extend_schema(responses=ApprovalRuleOutput(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        """Who approves invoices, from which amount on."""
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response(ApprovalRuleOutput(page, many=True).data)

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=ApprovalRuleInput, parameters=[KEY], responses={201: ApprovalRuleOutput})
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Add a rule."""
        return self.once(lambda: self._saved(ApprovalRule(company=self.company), 201))

    @extend_schema(request=ApprovalRuleInput)
    def update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Change a rule, whole; what waits already still does."""
        return self._saved(self.changing())

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Take a rule away."""
        approving.delete_rule(self.changing(), by=self.access.user)
        return Response(status=204)

    def _saved(self, rule: ApprovalRule, status: int = 200) -> Response:
        told = self.told(ApprovalRuleInput)
        number = told.pop("cost_centre", None) or ""
        rule.cost_centre = (
            CostCentre.of(self.company).filter(number=number).first() if number else None
        )
        if number and rule.cost_centre is None:
            raise UnknownCostUnit(value=number)
        for name in ("approver", "deputy"):
            wanted = told.pop(name, None)
            person = User.objects.filter(pk=wanted).first() if wanted else None
            if wanted and person is None:
                raise UnknownMember(field=name, value=wanted)
            setattr(rule, name, person)
        for name, value in told.items():
            setattr(rule, name, value)
        saved = approving.save_rule(rule, by=self.access.user)
        return self.shown(self.get_queryset().get(pk=saved.pk), status)


class RecurringPurchaseViewSet(CompanyViewSet):
    """``…/recurring-supplier-invoices/``"""

    permissions = {
        "list": Permission.PAYABLES_READ, "retrieve": Permission.PAYABLES_READ,
        "create": Permission.PAYABLES_POST, "update": Permission.PAYABLES_POST,
        "destroy": Permission.PAYABLES_POST, "enter": Permission.PAYABLES_POST,
        "skip": Permission.PAYABLES_POST,
    }  # fmt: skip
    serializer_class = RecurringPurchaseOutput
    queryset = RecurringSupplierInvoice.unscoped.none()
    ordering = ("next_on", "pk")

    def get_queryset(self) -> QuerySet[RecurringSupplierInvoice]:
        related = ("company", "pattern__company", "pattern__contact")
        return RecurringSupplierInvoice.of(self.company).select_related(*related)

    @extend_schema(responses=RecurringPurchaseBrief(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        """What comes again, the next due first, without the invoices."""
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response(RecurringPurchaseBrief(page, many=True).data)

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(
        request=RecurringPurchaseInput, parameters=[KEY], responses={201: RecurringPurchaseOutput}
    )
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Let a supplier's invoice come again."""
        return self.once(lambda: self._saved(RecurringSupplierInvoice(company=self.company), 201))

    @extend_schema(request=RecurringPurchaseInput)
    def update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Change one, whole; what was entered stays."""
        return self._saved(self.changing())

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """End one for good."""
        recurring.delete(self.changing(), by=self.access.user)
        return Response(status=204)

    @extend_schema(request=OnInput, parameters=[KEY], responses={201: SupplierInvoiceOutput})
    @action(detail=True, methods=["post"])
    def enter(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Enter the one that is due on a day."""
        found = self.get_object()

        def act() -> Response:
            made = recurring.enter(found, self.told(OnInput)["date"], by=self.access.user)
            row = queries.with_all(self.company).get(pk=made.pk)
            context = self.get_serializer_context()
            return Response(SupplierInvoiceOutput(row, context=context).data, status=201)

        return self.once(act)

    @extend_schema(request=OnInput, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def skip(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Leave one out, and move on to the next."""
        found = self.get_object()

        def act() -> Response:
            recurring.skip(found, self.told(OnInput)["date"], by=self.access.user)
            return self.shown(self.get_queryset().get(pk=found.pk))

        return self.once(act)

    def _saved(self, one: RecurringSupplierInvoice, status: int = 200) -> Response:
        body = RecurringPurchaseInput(data=self.request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        for name in RECURRING:
            setattr(one, name, body.validated_data.get(name))
        inner = SupplierInvoiceInput(data=body.initial_data["invoice"],
                                     context=self.get_serializer_context())  # fmt: skip
        inner.is_valid(raise_exception=True)
        saved = recurring.save(one, inner.typed(), by=self.access.user)
        return self.shown(self.get_queryset().get(pk=saved.pk), status)


router = SimpleRouter()
router.register("approval-rules", ApprovalRuleViewSet, basename="approval-rules")
router.register("recurring-supplier-invoices", RecurringPurchaseViewSet,
                basename="recurring-supplier-invoices")  # fmt: skip
urls = router.urls
