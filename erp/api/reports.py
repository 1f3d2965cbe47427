"""A report as a file beside its JSON: ``?form=csv``, ``xlsx`` or ``pdf``, of the same figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from erp.access.permissions import Permission
from erp.access.sign_in.stepup import is_fresh
from erp.api.endpoints import CompanyViewSet, session_of
from erp.api.permissions import StepUpNeeded
from erp.web.export import MAKERS, Table, answer

FORMS: Final = tuple(sorted(MAKERS))


def form_of(forms: Sequence[str]) -> OpenApiParameter:
    """The parameter of an endpoint that answers in these forms, too."""
    return OpenApiParameter(
        "form", str, OpenApiParameter.QUERY, enum=list(forms),
        description="The same as a file; asks for the right to export beside that of reading.",
    )  # fmt: skip


FORM: Final = form_of(FORMS)


class Filed(CompanyViewSet):
    """Reports that go out as files, too.

    ``takes_along`` names, per action, the right that a file asks for beside that of reading; actions in
    ``fresh`` want the second factor used minutes ago for it. A handler asks ``self.form`` and answers
    ``self.filed(table)``.
    """

    forms: ClassVar[tuple[str, ...]] = FORMS
    takes_along: ClassVar[dict[str, Permission]] = {}
    fresh: ClassVar[frozenset[str]] = frozenset()

    @property
    def form(self) -> str:
        """The form that is asked for; blank where it is JSON."""
        if self.action not in self.takes_along:
            return ""
        return self.request.query_params.get("form", "")

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not self.form:
            return
        if self.form not in self.forms:
            raise serializers.ValidationError({"form": [f"Send one of {', '.join(self.forms)}."]})
        if not self.access.may(self.takes_along[self.action]):
            raise PermissionDenied
        if self.action in self.fresh and not is_fresh(session_of(request)):
            raise StepUpNeeded

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Whoever wants a file may say so in ``Accept``; its type follows ``form`` alone."""
        return super().perform_content_negotiation(request, force or "form" in request.query_params)

    def filed(self, table: Table) -> HttpResponse:
        """The table in the form that is asked for."""
        return answer(self.form, table, company=self.company)


def shown_or_filed(shape: Any, **more: Any) -> Callable[[Any], Any]:
    """``extend_schema`` of a report that answers in JSON, or as a file."""
    files = {(200, kind): OpenApiTypes.BINARY for _make, kind in MAKERS.values()}
    return extend_schema(
        responses={(200, "application/json"): shape, **files},
        parameters=[*more.pop("parameters", ()), FORM], **more,
    )  # fmt: skip


__all__ = ["FORM", "FORMS", "Filed", "form_of", "shown_or_filed"]
