"""``…/payment-terms/``, ``…/customer-terms/`` and ``…/supplier-terms/``."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from accounting.ledger.api.named import NumberedField
from accounting.ledger.models import Account, CostCentre
from accounting.terms import agreeing, payment_terms, queries
from accounting.terms.models import CustomerTerms, Instalment, PaymentTerms, SupplierTerms
from contacts.api.shapes import LARGEST_ID
from contacts.models import Contact
from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.inputs import AmountField, Input
from vat.codes.breakdown import Basis
from vat.codes.models import VatCode


class PaymentInstalmentOutput(serializers.Serializer[Any]):
    percent = AmountField()
    days = serializers.IntegerField()


class PaymentInstalmentInput(Input):
    """How much of the total is due, and within how many days of the document's date."""

    percent = AmountField(positive=True)
    days = serializers.IntegerField(min_value=0, max_value=payment_terms.LONGEST)


class PaymentTermsOutput(serializers.ModelSerializer[PaymentTerms]):
    instalments = PaymentInstalmentOutput(source="parts", many=True)

    class Meta:
        model = PaymentTerms
        fields = ("id", *payment_terms.FIELDS)


class PaymentTermsInput(Input):
    """``instalments`` are 100 percent together; with them the last one says when all is due."""

    code = serializers.CharField(max_length=20)
    name_de = serializers.CharField(max_length=160, required=False, allow_blank=True)
    name_fr = serializers.CharField(max_length=160, required=False, allow_blank=True)
    name_it = serializers.CharField(max_length=160, required=False, allow_blank=True)
    name_en = serializers.CharField(max_length=160, required=False, allow_blank=True)
    net_days = serializers.IntegerField(
        required=False, min_value=0, max_value=payment_terms.LONGEST
    )
    discount_percent = AmountField(positive=True, required=False, allow_null=True)
    discount_days = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=payment_terms.LONGEST
    )
    instalments = PaymentInstalmentInput(many=True, required=False)
    active = serializers.BooleanField(required=False)

    def validate_instalments(self, rows: list[dict[str, Any]]) -> list[Instalment]:
        return [Instalment(**row) for row in rows]


class PaymentTermsViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/payment-terms/``"""

    permissions = {
        "list": Permission.RECEIVABLES_READ,
        "retrieve": Permission.RECEIVABLES_READ,
        "create": Permission.RECEIVABLES_SETTINGS,
        "partial_update": Permission.RECEIVABLES_SETTINGS,
        "destroy": Permission.RECEIVABLES_SETTINGS,
    }
    serializer_class = PaymentTermsOutput
    follows = "payment_terms"
    queryset = PaymentTerms.unscoped.none()
    pagination_class = None

    def get_queryset(self) -> QuerySet[PaymentTerms]:
        rows = PaymentTerms.of(self.company).select_related("company")
        return rows.order_by("net_days", "code")

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=PaymentTermsInput, responses={201: PaymentTermsOutput})
    def create(self, request: Request, **kwargs: Any) -> Response:
        told = self.told(PaymentTermsInput)
        return self.shown(self._save(None, told), 201)

    @extend_schema(request=PaymentTermsInput)
    def partial_update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        terms, told = self.changing(), self.told(PaymentTermsInput, partial=True)
        return self.shown(self._save(terms, told))

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Delete payment terms that nothing names; else switch them off."""
        payment_terms.delete_payment_terms(self.changing(), by=self.access.user)
        return Response(status=204)

    def _save(self, terms: PaymentTerms | None, told: dict[str, Any]) -> PaymentTerms:
        return payment_terms.save_payment_terms(
            company=self.company, by=self.access.user, terms=terms, **told
        )


class _TermsOutput(serializers.ModelSerializer[Any]):
    """``contact`` is the id of the contact; accounts and codes are named by number."""

    contact = serializers.IntegerField(source="contact_id")
    payment_terms = serializers.CharField(
        source="payment_terms.code", default=None, allow_null=True
    )
    account = serializers.CharField(source="account.number", default=None, allow_null=True)
    vat_code = serializers.CharField(source="vat_code.code", default=None, allow_null=True)


class CustomerTermsOutput(_TermsOutput):
    income_account = serializers.CharField(
        source="income_account.number", default=None, allow_null=True
    )

    class Meta:
        model = CustomerTerms
        fields = ("contact", *agreeing.CUSTOMER_FIELDS)


class SupplierTermsOutput(_TermsOutput):
    expense_account = serializers.CharField(
        source="expense_account.number", default=None, allow_null=True
    )
    cost_centre = serializers.CharField(source="cost_centre.number", default=None, allow_null=True)

    class Meta:
        model = SupplierTerms
        fields = ("contact", *agreeing.SUPPLIER_FIELDS)


def _named(model: Any, by: str = "number") -> NumberedField:
    return NumberedField(
        model, by=by, required=False, allow_null=True, allow_blank=True, max_length=20
    )


def _text(most: int) -> serializers.CharField:
    return serializers.CharField(required=False, allow_blank=True, max_length=most)


class _TermsChange(Input):
    """What is left out stays; what is blank or null is as for all."""

    payment_terms = _named(PaymentTerms, "code")
    currency = _text(3)
    account = _named(Account)
    vat_code = _named(VatCode, "code")
    our_number = _text(40)
    note = _text(2000)


class CustomerTermsChange(_TermsChange):
    basis = serializers.ChoiceField(choices=Basis.choices, required=False, allow_blank=True)
    discount_percent = AmountField(positive=True, required=False)
    credit_limit = AmountField(positive=True, required=False, allow_null=True)
    income_account = _named(Account)
    delivery = serializers.ChoiceField(choices=CustomerTerms.Delivery.choices, required=False)
    mail = _text(254)
    ebill = _text(90)


class SupplierTermsChange(_TermsChange):
    """``blocked`` says why nothing is paid to them for now; blank, where payments go out."""

    expense_account = _named(Account)
    cost_centre = _named(CostCentre)
    blocked = _text(200)


class _WithContact(Input):
    contact = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)

    def validate_contact(self, pk: int) -> Contact:
        found = Contact.of(self.context["company"]).filter(pk=pk).first()
        if found is None:
            raise serializers.ValidationError(_("There is no such contact."), code="unknown")
        return found


class CustomerTermsInput(_WithContact, CustomerTermsChange):
    """``contact`` is the id of the contact."""


class SupplierTermsInput(_WithContact, SupplierTermsChange):
    """``contact`` is the id of the contact."""


class _Terms(mixins.ListModelMixin, CompanyViewSet):
    """What both sides have in common: addressed by the contact's id."""

    lookup_field = "contact"
    ordering = ("contact", "pk")

    def retrieve(self, request: Request, contact: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    def destroy(self, request: Request, contact: str, **kwargs: Any) -> Response:
        """Take back what was agreed; from then on holds what holds for all."""
        agreeing.forget_terms(self.changing(), by=self.access.user)
        return Response(status=204)

    def _agree(self, model: type[Any], body: type[Input], save: Any) -> Response:
        told = self.told(body)
        contact = told.pop("contact")
        if model.of(self.company).filter(contact=contact).exists():
            raise agreeing.TermsThere(name=contact.name)
        return self.shown(save(contact, by=self.access.user, version=0, **told), 201)

    def _change(self, body: type[Input], save: Any) -> Response:
        terms, told = self.changing(), self.told(body, partial=True)
        return self.shown(save(terms.contact, by=self.access.user, **told))


class CustomerTermsViewSet(_Terms):
    """``…/customer-terms/``"""

    permissions = {
        "list": Permission.RECEIVABLES_READ,
        "retrieve": Permission.RECEIVABLES_READ,
        "create": Permission.RECEIVABLES_SETTINGS,
        "partial_update": Permission.RECEIVABLES_SETTINGS,
        "destroy": Permission.RECEIVABLES_SETTINGS,
    }
    serializer_class = CustomerTermsOutput
    queryset = CustomerTerms.unscoped.none()

    def get_queryset(self) -> QuerySet[CustomerTerms]:
        return queries.all_customer_terms(self.company)

    @extend_schema(request=CustomerTermsInput, responses={201: CustomerTermsOutput})
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Say what holds for a customer."""
        return self._agree(CustomerTerms, CustomerTermsInput, agreeing.save_customer_terms)

    @extend_schema(request=CustomerTermsChange)
    def partial_update(self, request: Request, contact: str, **kwargs: Any) -> Response:
        return self._change(CustomerTermsChange, agreeing.save_customer_terms)


class SupplierTermsViewSet(_Terms):
    """``…/supplier-terms/``"""

    permissions = {
        "list": Permission.PAYABLES_READ,
        "retrieve": Permission.PAYABLES_READ,
        "create": Permission.PAYABLES_SETTINGS,
        "partial_update": Permission.PAYABLES_SETTINGS,
        "destroy": Permission.PAYABLES_SETTINGS,
    }
    serializer_class = SupplierTermsOutput
    queryset = SupplierTerms.unscoped.none()

    def get_queryset(self) -> QuerySet[SupplierTerms]:
        return queries.all_supplier_terms(self.company)

    @extend_schema(request=SupplierTermsInput, responses={201: SupplierTermsOutput})
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Say what holds for a supplier."""
        return self._agree(SupplierTerms, SupplierTermsInput, agreeing.save_supplier_terms)

    @extend_schema(request=SupplierTermsChange)
    def partial_update(self, request: Request, contact: str, **kwargs: Any) -> Response:
        return self._change(SupplierTermsChange, agreeing.save_supplier_terms)


router = SimpleRouter()
router.register("payment-terms", PaymentTermsViewSet, basename="api-payment-terms")
router.register("customer-terms", CustomerTermsViewSet, basename="api-customer-terms")
router.register("supplier-terms", SupplierTermsViewSet, basename="api-supplier-terms")
urls = router.urls
