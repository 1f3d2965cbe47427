"""``/api/v1/reference/sources/{source}/editions/``: a file of a publisher, brought by an operator."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.gate import as_operator
from erp.api.inputs import Input
from erp.api.personal import PersonalViewSet
from erp.api.problems import with_what_was_written
from erp.api.schema import KEY
from erp.documents.storing import read_upload
from erp.reference import updating
from erp.reference.attempts import UNCHANGED
from erp.reference.models import ReferenceVersion
from erp.reference.sources import SOURCES

State = ReferenceVersion.State


class EditionInput(Input):
    """``file`` as the publisher has it; ``accept`` takes one that is older, or has far fewer rows."""

    file = serializers.FileField(max_length=200)
    accept = serializers.BooleanField(required=False, default=False)


class EditionOutput(serializers.ModelSerializer[ReferenceVersion]):
    """The edition: ``outcome`` is active, staged (it waits for ``valid_from``), or unchanged.

    ``report`` says how many rows were added, changed, closed and brought back.
    """

    outcome = serializers.ChoiceField(choices=[State.ACTIVE, State.STAGED, UNCHANGED])
    report = serializers.DictField()

    class Meta:
        model = ReferenceVersion
        fields = (
            "id",
            "outcome",
            "scope",
            "edition_date",
            "valid_from",
            "fetched_at",
            "rows",
            "report",
        )


class EditionViewSet(PersonalViewSet):
    """``/api/v1/reference/sources/{source}/editions/``: 403 to all but operators."""

    serializer_class = EditionOutput
    queryset = ReferenceVersion.objects.none()
    parser_classes = (MultiPartParser,)
    pagination_class = None
    step_up = frozenset({"take_in"})

    def admit(self, request: Request) -> None:
        as_operator(self.person)
        if self.kwargs["source"] not in SOURCES:
            raise Http404

    @extend_schema(
        request={"multipart/form-data": EditionInput}, parameters=[KEY],
        responses={200: EditionOutput},
    )  # fmt: skip
    def take_in(self, request: Request, source: str, **kwargs: Any) -> Response:
        """Take in a file of a publisher, as if it had been fetched; wants the second factor.

        An attempt that is refused stays on record, as on the page.
        """
        return self.once(lambda: self._taken_in(source, **self.told(EditionInput)))

    def _taken_in(self, source: str, *, file: Any, accept: bool) -> Response:
        [outcome] = updating.update(
            source, content=read_upload(file), filename=file.name or "", by=self.person,
            accept=accept,
        )  # fmt: skip
        if outcome.refusal is not None:
            return with_what_was_written(outcome.refusal)
        version: Any = outcome.version
        version.outcome = outcome.state
        return Response(EditionOutput(version).data)


urls = [
    path("reference/sources/<slug:source>/editions/", EditionViewSet.as_view({"post": "take_in"}),
         name="api-reference-editions"),
]  # fmt: skip
