"""``…/projects/``, ``…/hour-rates/``, ``…/hour-entries/``, ``…/my-hours/`` and ``…/hour-reports/``."""

from __future__ import annotations

from operator import attrgetter
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.serializers import Serializer

from accounting.hours import approving, billing, entering, margins, projects, queries, rates
from accounting.hours.entering import TypedHours
from accounting.hours.models import HourEntry, HourRate, Project
from accounting.hours.reports import report, report_table, total_of
from accounting.hours.shapes import (
    BilledOutput,
    DecidedOutput,
    EntriesInput,
    HourEntriesQuery,
    HourEntryChange,
    HourEntryInput,
    HourEntryOutput,
    HourRateInput,
    HourRateOutput,
    HoursQuery,
    HoursReportOutput,
    HoursReportQuery,
    HoursRowOutput,
    MarginOutput,
    MarginsOutput,
    MarginsQuery,
    OwnHoursInput,
    OwnHoursOutput,
    ProjectBillInput,
    ProjectBrief,
    ProjectInput,
    ProjectMarginOutput,
    ProjectOutput,
    StandingOutput,
)
from accounting.ledger.api.spans import SpanQuery
from erp.access.models import User
from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.reports import Filed, shown_or_filed
from erp.api.schema import KEY
from erp.core.errors import DomainError, Refusals


class ProjectViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/projects/``"""

    permissions = {
        "list": Permission.HOURS_READ,
        "retrieve": Permission.HOURS_READ,
        "standings": Permission.HOURS_READ,
        "create": Permission.HOURS_SETTINGS,
        "partial_update": Permission.HOURS_SETTINGS,
        "destroy": Permission.HOURS_SETTINGS,
        "bill": Permission.HOURS_BILL,
    }
    follows = "project"
    serializer_class = ProjectOutput
    queryset = Project.unscoped.none()

    def get_queryset(self) -> QuerySet[Project]:
        return queries.projects(self.company)

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(responses=StandingOutput(many=True))
    @action(detail=False, methods=["get"])
    def standings(self, request: Request, **kwargs: Any) -> Response:
        """How far each open project is, and what of it waits for an invoice."""
        rows = self.paginate_queryset(queries.projects(self.company, closed=False))
        found = queries.standings(self.company, rows)
        return self.get_paginated_response(StandingOutput(found, many=True).data)

    @extend_schema(request=ProjectInput)
    def create(self, request: Request, **kwargs: Any) -> Response:
        project = Project(company=self.company, **self.told(ProjectInput))
        return self.shown(projects.save_project(project, by=self.access.user), 201)

    @extend_schema(request=ProjectInput)
    def partial_update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        project = self.changing()
        for name, value in self.told(ProjectInput, partial=True).items():
            setattr(project, name, value)
        return self.shown(projects.save_project(project, by=self.access.user))

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Delete a project for which nobody worked."""
        projects.delete_project(self.changing(), by=self.access.user)
        return Response(status=204)

    @extend_schema(request=ProjectBillInput, responses={201: BilledOutput}, parameters=[KEY])
    @action(detail=True, methods=["post"])
    def bill(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Write the draft of an invoice over the approved hours of a project."""
        project, told = self.get_object(), self.told(ProjectBillInput)

        def act() -> Response:
            made = billing.bill(company=self.company, project=project, by=self.access.user, **told)
            shown = {"document": made.pk, "currency": made.currency, "payable": made.payable}
            return Response(BilledOutput(shown).data, status=201)

        return self.once(act)


class OwnProjectViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/my-projects/``: the projects that one may enter hours for."""

    permissions = {"list": Permission.HOURS_OWN}
    follows = "project"
    serializer_class = ProjectBrief
    queryset = Project.unscoped.none()
    ordering = ("number",)

    def get_queryset(self) -> QuerySet[Project]:
        return Project.of(self.company).filter(is_closed=False).order_by("number")


class HourRateViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/hour-rates/``"""

    permissions = {
        "list": Permission.HOURS_READ,
        "retrieve": Permission.HOURS_READ,
        "create": Permission.HOURS_SETTINGS,
        "destroy": Permission.HOURS_SETTINGS,
    }
    serializer_class = HourRateOutput
    queryset = HourRate.unscoped.none()

    def get_queryset(self) -> QuerySet[HourRate]:
        return queries.rates_of(self.company)

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=HourRateInput)
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Let a rate hold from a day on: of a project, a person, both, or all."""
        told = self.told(HourRateInput)
        told["user"] = told.pop("person", None)
        made = rates.add_rate(company=self.company, by=self.access.user, **told)
        return self.shown(made, 201)

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        rates.delete_rate(self.changing(), by=self.access.user)
        return Response(status=204)


class _Hours(mixins.ListModelMixin, CompanyViewSet):
    """Hours that are listed and changed; whose they may be is the subclass's to say."""

    queryset = HourEntry.unscoped.none()
    follows = "hours"
    ordering = ("-day", "-id")
    change: ClassVar[type[Serializer[Any]]] = OwnHoursInput

    def person(self, told: dict[str, Any]) -> User:
        raise NotImplementedError

    def saved(self, user: User, row: TypedHours) -> HourEntry:
        """Enter hours; what is wrong with them is told of the body's own fields."""
        try:
            found = entering.save_hours(
                company=self.company, user=user, rows=[row], by=self.access.user
            )
        except DomainError as refusal:
            for one in refusal.refusals if isinstance(refusal, Refusals) else [refusal]:
                one.place = (one.place or "").removeprefix("rows[0].") or None
            raise
        return self.get_queryset().get(pk=found[0].pk)

    def entered(self, body: type[Serializer[Any]]) -> Response:
        told = self.told(body)
        user = self.person(told)
        return self.shown(self.saved(user, TypedHours(**told)), 201)

    def changed(self) -> Response:
        entry: HourEntry = self.changing()
        names = ("day", "minutes", "text", "is_billable", "rate")
        told = {name: getattr(entry, name) for name in names} | {"project": entry.project.number}
        told |= self.told(self.change, partial=True)
        return self.shown(self.saved(entry.user, TypedHours(entry=entry.pk, **told)))

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        return self.shown(self.get_object())

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Delete hours that are not approved."""
        entry: HourEntry = self.changing()
        row = TypedHours(entry.project.number, entry.day, 0, entry=entry.pk)
        entering.save_hours(company=self.company, user=entry.user, rows=[row], by=self.access.user)
        return Response(status=204)


class OwnHoursViewSet(_Hours):
    """``…/my-hours/``: one's own hours; those of others are not there."""

    permissions = dict.fromkeys(
        ("list", "retrieve", "create", "partial_update", "destroy"), Permission.HOURS_OWN
    )
    serializer_class = OwnHoursOutput

    def person(self, told: dict[str, Any]) -> User:
        return self.access.user

    def get_queryset(self) -> QuerySet[HourEntry]:
        asked = self.asked(HoursQuery) if self.action == "list" else {}
        return queries.entries(self.company, user=self.access.user.pk, **asked)

    def reach(self) -> QuerySet[HourEntry]:
        return queries.entries(self.company, user=self.access.user.pk)

    @extend_schema(parameters=[HoursQuery])
    def list(self, request: Request, **kwargs: Any) -> Response:
        return super().list(request, **kwargs)

    @extend_schema(request=OwnHoursInput)
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Enter one's own hours of a day."""
        return self.entered(OwnHoursInput)

    @extend_schema(request=OwnHoursInput)
    def partial_update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Change hours that are not approved."""
        return self.changed()


class HourEntryViewSet(_Hours):
    """``…/hour-entries/``: the hours of all."""

    permissions = {
        "list": Permission.HOURS_READ,
        "retrieve": Permission.HOURS_READ,
        "create": Permission.HOURS_CHANGE,
        "partial_update": Permission.HOURS_CHANGE,
        "destroy": Permission.HOURS_CHANGE,
        "approve": Permission.HOURS_APPROVE,
        "reopen": Permission.HOURS_APPROVE,
    }
    serializer_class = HourEntryOutput
    change = HourEntryChange

    def person(self, told: dict[str, Any]) -> User:
        found: User = told.pop("person")
        return found

    def get_queryset(self) -> QuerySet[HourEntry]:
        asked = self.asked(HourEntriesQuery) if self.action == "list" else {}
        return queries.entries(self.company, user=asked.pop("person", None), **asked)

    @extend_schema(parameters=[HourEntriesQuery])
    def list(self, request: Request, **kwargs: Any) -> Response:
        return super().list(request, **kwargs)

    @extend_schema(request=HourEntryInput)
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Enter hours of a day for somebody."""
        return self.entered(HourEntryInput)

    @extend_schema(request=HourEntryChange)
    def partial_update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Change hours that are not approved; they stay the same person's."""
        return self.changed()

    @extend_schema(request=EntriesInput, responses=DecidedOutput)
    @action(detail=False, methods=["post"])
    def approve(self, request: Request, **kwargs: Any) -> Response:
        """Approve hours, all or none; nobody's own, unless nobody else may."""
        return self._decided(approving.approve)

    @extend_schema(request=EntriesInput, responses=DecidedOutput)
    @action(detail=False, methods=["post"])
    def reopen(self, request: Request, **kwargs: Any) -> Response:
        """Take the approval of hours back that are not billed."""
        return self._decided(approving.reopen)

    def _decided(self, act: Any) -> Response:
        told = self.told(EntriesInput)
        versions = {one["id"]: one["version"] for one in told["entries"]}
        found = act(
            company=self.company, entries=[*versions], by=self.access.user, versions=versions
        )
        return Response(DecidedOutput({"entries": [one.pk for one in found]}).data)


class HourReportViewSet(Filed):
    """``…/hour-reports/``"""

    permissions = {"list": Permission.HOURS_READ}
    takes_along: ClassVar[dict[str, Permission]] = {"list": Permission.LEDGER_EXPORT}
    serializer_class = HoursRowOutput
    queryset = HourEntry.unscoped.none()
    pagination_class = None

    @shown_or_filed(HoursReportOutput, parameters=[HoursReportQuery])
    def list(self, request: Request, **kwargs: Any) -> HttpResponse | Response:
        """Hours of a span by project, person, month or cost object."""
        told = self.asked(HoursReportQuery)
        rows = report(self.company, **told)
        if self.form:
            return self.filed(report_table(rows, **told))
        page = self.page_of(rows, by=attrgetter("key"))
        return self.told_beside(HoursReportOutput, page, total=total_of(rows))


class ProjectMarginViewSet(Filed):
    """``…/project-margins/``"""

    permissions = {"list": Permission.HOURS_MARGINS, "retrieve": Permission.HOURS_MARGINS}
    takes_along: ClassVar[dict[str, Permission]] = {"list": Permission.LEDGER_EXPORT}
    serializer_class = MarginOutput
    queryset = Project.unscoped.none()
    pagination_class = None

    def get_queryset(self) -> QuerySet[Project]:
        return queries.projects(self.company)

    @shown_or_filed(MarginsOutput, parameters=[MarginsQuery])
    def list(self, request: Request, **kwargs: Any) -> HttpResponse | Response:
        """Income, costs and margin of projects in a span, of all or of a customer."""
        told = self.asked(MarginsQuery)
        since, until, customer = told["since"], told["until"], told.get("customer")
        rows = margins.margins(
            self.company, since=since, until=until, customer=customer.pk if customer else None
        )
        if self.form:
            return self.filed(margins.margin_table(rows, since, until, self.company.currency))
        page = self.page_of(rows, by=lambda row: row.projects[0].pk)
        return self.told_beside(MarginsOutput, page, total=margins.total_of(rows))

    @extend_schema(parameters=[SpanQuery], responses=ProjectMarginOutput)
    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """A project's figures in a span, and the entry lines behind them."""
        project, told = self.get_object(), self.asked(SpanQuery)
        lines = margins.lines_of(self.company, project, **told)
        return Response(ProjectMarginOutput({
            "margin": margins.margin_of(self.company, project, **told),
            "lines": lines[: margins.MOST_LINES], "more": len(lines) > margins.MOST_LINES,
        }).data)  # fmt: skip


router = SimpleRouter()
router.register("projects", ProjectViewSet, basename="projects")
router.register("my-projects", OwnProjectViewSet, basename="my-projects")
router.register("hour-rates", HourRateViewSet, basename="hour-rates")
router.register("my-hours", OwnHoursViewSet, basename="my-hours")
router.register("hour-entries", HourEntryViewSet, basename="hour-entries")
router.register("project-margins", ProjectMarginViewSet, basename="project-margins")
router.register("hour-reports", HourReportViewSet, basename="hour-reports")
urls = router.urls
