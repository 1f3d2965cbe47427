"""``…/payroll-settings/``, ``…/institutions/``, ``…/insurance-solutions/`` and ``…/payroll-readiness/``"""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounting.ledger.api.named import NumberedField
from accounting.ledger.models import Account
from contacts.models import Contact
from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet, with_etag
from erp.api.inputs import AmountField, DayField, Input
from erp.api.schema import IF_MATCH, KEY
from erp.core import clock
from erp.core.errors import DomainError
from payroll.setup import accounts, institutions, queries, readiness, settings, solutions
from payroll.setup.checking import Rate, warnings
from payroll.setup.models import Institution, PayrollSettings, Solution, SolutionRate

READ, CHANGE = Permission.PAYROLL_READ, Permission.PAYROLL_SETTINGS


class PayrollSettingsOutput(serializers.ModelSerializer[PayrollSettings]):
    weekly_hours = AmountField()
    jump_percent = AmountField()

    class Meta:
        model = PayrollSettings
        fields = settings.FIELDS


class PayrollSettingsInput(Input):
    """What is left out stays."""

    rounding = serializers.ChoiceField(choices=PayrollSettings.Rounding.choices, required=False)
    weekly_hours = AmountField(required=False)
    pay_day = serializers.IntegerField(required=False, min_value=1, max_value=31)
    jump_percent = AmountField(positive=True, required=False)
    simplified = serializers.BooleanField(required=False)
    always_liable = serializers.BooleanField(required=False)
    by_cost_centre = serializers.BooleanField(required=False)
    commission = serializers.ChoiceField(choices=PayrollSettings.Commission.choices, required=False)
    slip_text = serializers.CharField(required=False, allow_blank=True, max_length=1000)


class SettingsViewSet(CompanyViewSet):
    """``…/payroll-settings/``"""

    permissions = {"list": READ, "change": CHANGE}
    serializer_class = PayrollSettingsOutput
    queryset = PayrollSettings.unscoped.none()
    pagination_class = None

    @extend_schema(responses={200: PayrollSettingsOutput})
    def list(self, request: Request, **kwargs: Any) -> Response:
        """How the company reckons wages."""
        return self.shown(settings.settings_of(self.company))

    @extend_schema(
        parameters=[IF_MATCH], request=PayrollSettingsInput, responses={200: PayrollSettingsOutput}
    )
    @action(detail=False, methods=["post"])
    def change(self, request: Request, **kwargs: Any) -> Response:
        """Change how wages are reckoned from the next calculation on."""
        told = self.told(PayrollSettingsInput, partial=True)
        self.require_match(self.get_serializer(settings.settings_of(self.company)).data)
        saved = settings.change_settings(company=self.company, by=self.access.user, **told)
        return self.shown(saved)


class InsuranceRateOutput(serializers.ModelSerializer[SolutionRate]):
    wage_from = AmountField()
    wage_to = AmountField(allow_null=True)
    employee_percent = AmountField(decimals=4)
    employer_percent = AmountField(decimals=4)

    class Meta:
        model = SolutionRate
        fields = solutions.RATE_FIELDS


class InsuranceSolutionOutput(serializers.ModelSerializer[Solution]):
    """A solution with its rates of all years, the newest first.

    ``warnings`` say what of them may be right and is unusual.
    """

    institution = serializers.IntegerField(source="institution_id")
    rates = InsuranceRateOutput(many=True)
    warnings = serializers.SerializerMethodField()

    class Meta:
        model = Solution
        fields = ("id", "institution", "code", "name", "is_usual", "rates", "warnings")

    def get_warnings(self, row: Solution) -> list[str]:
        return warnings(row.institution.kind, cast(Any, row.rates.all()))  # rows tell the same


class InsuranceRateInput(Input):
    """Percents have four decimals, wages are of a year; ``valid_from`` is a day."""

    insures = serializers.ChoiceField(choices=SolutionRate.Insures.choices)
    valid_from = DayField()
    base = serializers.ChoiceField(
        choices=SolutionRate.BaseOf.choices, required=False, allow_blank=True
    )
    sex = serializers.ChoiceField(
        choices=SolutionRate.SexOf.choices, required=False, allow_blank=True
    )
    age_from = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=120)
    age_to = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=120)
    wage_from = AmountField(required=False)
    wage_to = AmountField(required=False, allow_null=True)
    employee_percent = AmountField(decimals=4, required=False)
    employer_percent = AmountField(decimals=4, required=False)

    def get_fields(self) -> dict[str, Any]:
        told = serializers.CharField(required=False, allow_blank=True, max_length=200)
        return super().get_fields() | {"source": told}


class InsuranceSolutionInput(Input):
    """``rates`` are all of them: those that are left out of the list go."""

    institution = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    code = serializers.CharField(max_length=10, required=False, allow_blank=True)
    name = serializers.CharField(max_length=80, required=False, allow_blank=True)
    is_usual = serializers.BooleanField(required=False)
    rates = InsuranceRateInput(many=True, required=False)

    def validate_rates(self, rows: list[dict[str, Any]]) -> list[Rate]:
        return [Rate(**row) for row in rows]

    def validate_institution(self, pk: int) -> Institution:
        found = (
            Institution.of(self.context["company"]).select_related("company").filter(pk=pk).first()
        )
        if found is None:
            raise serializers.ValidationError(f"There is no institution {pk}.", code="unknown")
        return found


class InstitutionOutput(serializers.ModelSerializer[Institution]):
    """An institution with the ids of its solutions; own accounts by number, the contact by its number."""

    contact = serializers.IntegerField(source="contact.number", default=None, allow_null=True)
    liability = serializers.CharField(source="liability.number", default=None, allow_null=True)
    expense = serializers.CharField(source="expense.number", default=None, allow_null=True)
    solutions = serializers.SerializerMethodField()

    class Meta:
        model = Institution
        fields = ("id", *institutions.FIELDS, "solutions")

    def get_solutions(self, row: Institution) -> list[int]:
        return [one.pk for one in row.solutions.all()]  # type: ignore[attr-defined]


class InstitutionInput(Input):
    kind = serializers.ChoiceField(choices=Institution.Kind.choices)
    name = serializers.CharField(max_length=140)
    canton = serializers.CharField(max_length=2, required=False, allow_blank=True)
    contact = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=2**31 - 1, help_text="Its number"
    )
    member_number = serializers.CharField(max_length=40, required=False, allow_blank=True)
    sub_number = serializers.CharField(max_length=20, required=False, allow_blank=True)
    liability = NumberedField(Account, max_length=10, required=False, allow_null=True)
    expense = NumberedField(Account, max_length=10, required=False, allow_null=True)
    active_until = DayField(required=False, allow_null=True)

    def validate_contact(self, number: int | None) -> Contact | None:
        if number is None:
            return None
        found = Contact.of(self.context["company"]).filter(number=number, merged_into=None).first()
        if found is None:
            raise serializers.ValidationError(f"There is no contact {number}.", code="unknown")
        return found


class CopyRatesInput(Input):
    valid_from = DayField()


class CopiedRatesOutput(serializers.Serializer[Any]):
    copied = serializers.IntegerField()


class InstitutionViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/institutions/``"""

    permissions = {"list": READ, "retrieve": READ, "create": CHANGE, "partial_update": CHANGE,
                   "destroy": CHANGE, "copy_rates": CHANGE}  # fmt: skip
    serializer_class = InstitutionOutput
    queryset = Institution.unscoped.none()
    pagination_class = None

    def get_queryset(self) -> QuerySet[Institution]:
        return queries.whole(self.company)

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=InstitutionInput, parameters=[KEY], responses={201: InstitutionOutput})
    def create(self, request: Request, **kwargs: Any) -> Response:
        def act() -> Response:
            told = self.told(InstitutionInput)
            saved = institutions.save_institution(company=self.company, by=self.access.user, **told)
            return self.shown(saved, 201)

        return self.once(act)

    @extend_schema(request=InstitutionInput)
    def partial_update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        row, told = self.changing(), self.told(InstitutionInput, partial=True)
        institutions.save_institution(company=self.company, by=self.access.user, row=row, **told)
        return self.shown(self.get_object())

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Delete an institution without solutions; else say until when it is active."""
        institutions.delete_institution(self.changing(), by=self.access.user)
        return Response(status=204)

    @extend_schema(request=CopyRatesInput, responses={200: CopiedRatesOutput})
    @action(detail=False, methods=["post"], url_path="copy-rates")
    def copy_rates(self, request: Request, **kwargs: Any) -> Response:
        """Let the rates in force go on from a day, to be changed there."""
        told = self.told(CopyRatesInput)
        copied = solutions.copy_rates(company=self.company, by=self.access.user, **told)
        return Response(CopiedRatesOutput({"copied": copied}).data)


class SolutionViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/insurance-solutions/``"""

    permissions = {"list": READ, "retrieve": READ, "create": CHANGE, "partial_update": CHANGE,
                   "destroy": CHANGE}  # fmt: skip
    serializer_class = InsuranceSolutionOutput
    queryset = Solution.unscoped.none()
    pagination_class = None

    def get_queryset(self) -> QuerySet[Solution]:
        return queries.solutions(self.company)

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(
        request=InsuranceSolutionInput, parameters=[KEY], responses={201: InsuranceSolutionOutput}
    )
    def create(self, request: Request, **kwargs: Any) -> Response:
        def act() -> Response:
            told = self.told(InsuranceSolutionInput)
            saved = solutions.save_solution(by=self.access.user, **told)
            return with_etag(self.get_serializer(self.get_queryset().get(pk=saved.pk)).data, 201)

        return self.once(act)

    @extend_schema(request=InsuranceSolutionInput)
    def partial_update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Change a solution; it stays with its institution."""
        row, told = self.changing(), self.told(InsuranceSolutionInput, partial=True)
        told.pop("institution", None)
        solutions.save_solution(institution=row.institution, by=self.access.user, row=row, **told)
        return self.shown(self.get_object())

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Delete a solution that nobody has, with its rates."""
        solutions.delete_solution(self.changing(), by=self.access.user)
        return Response(status=204)


class ReadinessStepOutput(serializers.Serializer[Any]):
    """A step of the guided start: good is done, warn may wait, bad stands in the way of a run."""

    code = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=[one.value for one in readiness.State])
    told = serializers.CharField(allow_blank=True)


class ReadinessViewSet(CompanyViewSet):
    """``…/payroll-readiness/``"""

    permissions = {"list": READ}
    serializer_class = ReadinessStepOutput
    queryset = PayrollSettings.unscoped.none()
    pagination_class = None

    @extend_schema(responses={200: ReadinessStepOutput(many=True)})
    def list(self, request: Request, **kwargs: Any) -> Response:
        """What is missing before the first run."""
        steps = readiness.steps(self.company, clock.today())
        return Response(ReadinessStepOutput(steps, many=True).data)


class PayrollPlaceOutput(serializers.Serializer[Any]):
    """Where something is booked, by account number; ``own``: it names an account itself."""

    kind = serializers.CharField(source="address", help_text="institution or wage-type")
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    account = serializers.CharField(source="account.number", default=None, allow_null=True)
    expense = serializers.CharField(source="expense.number", default=None, allow_null=True)
    own = serializers.BooleanField(source="is_own")
    fault = serializers.CharField()


class PayrollAccountsOutput(serializers.Serializer[Any]):
    """The accounts by meaning: of institutions, of wage types, and the wage clearing account."""

    clearing = serializers.CharField(allow_null=True)
    clearing_fault = serializers.CharField()
    institutions = PayrollPlaceOutput(many=True)
    types = PayrollPlaceOutput(many=True)


class PayrollAccountsViewSet(CompanyViewSet):
    """``…/payroll-accounts/``"""

    permissions = {"list": READ}
    serializer_class = PayrollAccountsOutput
    queryset = PayrollSettings.unscoped.none()
    pagination_class = None

    @extend_schema(responses=PayrollAccountsOutput)
    def list(self, request: Request, **kwargs: Any) -> Response:
        """Where wages are booked today, and what leads nowhere."""
        plan = accounts.plan_of(self.company, clock.today())
        owed, types = queries.accounts_of(plan)
        clearing, fault = None, ""
        try:
            clearing = plan.clearing().number
        except DomainError as refusal:
            fault = str(refusal)
        told = {"clearing": clearing, "clearing_fault": fault, "institutions": owed, "types": types}
        return Response(PayrollAccountsOutput(told).data)
