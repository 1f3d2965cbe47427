"""``…/questions/``: what is asked between a company and its fiduciary."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounting.payables.capture.receiving import Incoming
from erp.access.permissions import Permission
from erp.api import pictures
from erp.api.endpoints import CompanyViewSet
from erp.api.files import AnyType, UploadInput
from erp.api.inputs import DayField, Input
from erp.api.pictures import PageQuery
from erp.api.schema import KEY
from erp.documents.serving import original
from erp.documents.storing import read_upload
from erp.fiduciary import questions
from erp.fiduciary.models import Question, QuestionMessage
from erp.fiduciary.subjects import SUBJECTS, told_of

LARGEST = 10**18 - 1


class QuestionMessageOutput(serializers.ModelSerializer[QuestionMessage]):
    """What somebody said; a file's bytes are at ``…/questions/{id}/files/{message}/``."""

    by = serializers.CharField(source="by.email")
    file = serializers.CharField(source="file.name", default=None, allow_null=True)

    class Meta:
        model = QuestionMessage
        fields = ("id", "at", "by", "text", "file")


class QuestionOutput(serializers.ModelSerializer[Question]):
    """A thread; ``asks`` says who is to speak next: client or fiduciary."""

    firm = serializers.CharField(source="firm.name")
    opened_by = serializers.CharField(source="opened_by.email")
    due_on = serializers.DateField(allow_null=True)

    class Meta:
        model = Question
        fields = ("id", "kind", "title", "subject", "subject_id", "party", "amount", "day", "firm",
                  "asks", "due_on", "state", "opened_at", "opened_by", "reminders")  # fmt: skip


class OneQuestionOutput(QuestionOutput):
    """A thread with all that was said."""

    messages = QuestionMessageOutput(many=True)

    class Meta(QuestionOutput.Meta):
        fields = (*QuestionOutput.Meta.fields, "messages")  # type: ignore[assignment]


class QuestionInput(Input):
    """``subject`` and ``subject_id`` name the record it is about; ``firm`` is the fiduciary's number."""

    kind = serializers.ChoiceField(choices=Question.Kind.choices, required=False)
    title = serializers.CharField(max_length=160)
    text = serializers.CharField(max_length=questions.MOST_TEXT, required=False, allow_blank=True)
    subject = serializers.ChoiceField(choices=list(SUBJECTS), required=False)
    subject_id = serializers.IntegerField(min_value=1, max_value=LARGEST, required=False)
    due_on = DayField(required=False, allow_null=True)
    firm = serializers.IntegerField(min_value=1, max_value=LARGEST, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("subject" in attrs) != ("subject_id" in attrs):
            raise serializers.ValidationError(
                {"subject_id": _("A record is named by its kind and its number.")}
            )
        if "firm" in attrs:
            here = questions.firms_here(self.context["company"], self.context["access"].user)
            if attrs["firm"] not in {one.pk for one in here}:
                raise serializers.ValidationError(
                    {"firm": [ErrorDetail(str(_("There is no such record.")), "unknown")]}
                )
        if "subject" in attrs:
            told = told_of(self.context["access"], attrs["subject"], attrs["subject_id"])
            if told is None:
                raise serializers.ValidationError({"subject_id": _("There is no such record.")})
            attrs |= {"party": told.party, "amount": told.amount, "day": told.day}
        return attrs


class AnswerInput(Input):
    text = serializers.CharField(max_length=questions.MOST_TEXT)


class AnswerFileInput(UploadInput):
    text = serializers.CharField(max_length=questions.MOST_TEXT, required=False, allow_blank=True)


class QuestionQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=Question.State.choices, required=False)
    open = serializers.BooleanField(required=False, help_text="What is not settled")
    kind = serializers.ChoiceField(choices=Question.Kind.choices, required=False)
    asks = serializers.ChoiceField(choices=Question.Side.choices, required=False)
    subject = serializers.ChoiceField(choices=list(SUBJECTS), required=False)
    subject_id = serializers.IntegerField(min_value=1, max_value=LARGEST, required=False)


class QuestionViewSet(CompanyViewSet):
    """``…/questions/``"""

    permissions = {
        "list": Permission.QUESTIONS_READ,
        "retrieve": Permission.QUESTIONS_READ,
        "file": Permission.QUESTIONS_READ,
        "picture": Permission.QUESTIONS_READ,
        "create": Permission.QUESTIONS_WRITE,
        "answer": Permission.QUESTIONS_WRITE,
        "send_file": Permission.QUESTIONS_WRITE,
        "close": Permission.QUESTIONS_WRITE,
        "reopen": Permission.QUESTIONS_WRITE,
        "take": Permission.LEDGER_DRAFT,
    }
    serializer_class = QuestionOutput
    follows = "question"
    queryset = Question.unscoped.none()
    parser_classes = (JSONParser, MultiPartParser)
    renderer_classes = (JSONRenderer, AnyType)
    ordering = ("-opened_at", "-pk")

    def get_queryset(self) -> QuerySet[Question]:
        rows = questions.seen_by(self.company, self.access.user).select_related("company")
        if self.action == "retrieve":
            rows = rows.prefetch_related("messages__by", "messages__file")
        return rows

    def reach(self) -> QuerySet[Question]:
        return questions.seen_by(self.company, self.access.user)

    @extend_schema(parameters=[QuestionQuery])
    def list(self, request: Request, **kwargs: Any) -> Response:
        told = self.asked(QuestionQuery)
        rows = self.get_queryset()
        if told.pop("open", False):
            rows = rows.exclude(state=Question.State.CLOSED)
        page = self.paginate_queryset(rows.filter(**told)) or []
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(responses=OneQuestionOutput)
    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """A thread with all that was said."""
        return self._whole(self.get_object())

    @extend_schema(request=QuestionInput, parameters=[KEY], responses={201: QuestionOutput})
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Ask the other side, or for a receipt that is missing."""

        def act() -> Response:
            link = request.build_absolute_uri(reverse("questions", args=[self.company.pk]))
            told = self.told(QuestionInput)
            asked = questions.ask(company=self.company, by=self.access.user, link=link, **told)
            return self.shown(asked, 201)

        return self.once(act)

    @extend_schema(request=AnswerInput, parameters=[KEY], responses={201: QuestionMessageOutput})
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Say something; the other side is to speak next."""
        question = self.get_object()
        return self.once(lambda: self._said(question, self.told(AnswerInput)["text"], None))

    @extend_schema(
        request={"multipart/form-data": AnswerFileInput}, parameters=[KEY],
        responses={201: QuestionMessageOutput},
    )  # fmt: skip
    @action(detail=True, methods=["post"], url_path="files")
    def send_file(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Answer with a PDF file or a picture; a receipt that was asked for goes to the inbox, too."""
        question, told = self.get_object(), self.told(AnswerFileInput)
        file = Incoming(told["file"].name or "file", read_upload(told["file"]))
        return self.once(lambda: self._said(question, told.get("text", ""), file))

    @extend_schema(responses={(200, "*/*"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], url_path=r"files/(?P<message>[0-9]{1,18})")
    def file(self, request: Request, pk: str, message: str, **kwargs: Any) -> HttpResponse:
        """The file of a message, to be saved."""
        found = self._message(message)
        return original(found.file, download=True)  # type: ignore[arg-type]

    @extend_schema(parameters=[PageQuery], responses=pictures.RESPONSES)
    @action(detail=True, methods=["get"], url_path=r"files/(?P<message>[0-9]{1,18})/picture")
    def picture(self, request: Request, pk: str, message: str, **kwargs: Any) -> HttpResponse:
        """A page of the file of a message, drawn anew as a picture of a size."""
        file = self._message(message).file
        return pictures.shown(request, file, **self.asked(PageQuery))  # type: ignore[arg-type]

    @extend_schema(request=None, parameters=[KEY], responses={204: None})
    @action(detail=True, methods=["post"], url_path=r"files/(?P<message>[0-9]{1,18})/take")
    def take(self, request: Request, pk: str, message: str, **kwargs: Any) -> Response:
        """Hang the file of a message on the entry that was asked about."""
        found, about = self._message(message), self.get_object()

        def act() -> Response:
            if told_of(self.access, about.subject, about.subject_id or 0) is None:
                raise questions.NoFileToTake(title=about.title)
            questions.take_file(found, by=self.access.user)
            return Response(status=204)

        return self.once(act)

    @extend_schema(request=None, parameters=[KEY], responses=QuestionOutput)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Settle a thread."""
        found = self.get_object()
        return self.once(lambda: self.shown(questions.close(found, by=self.access.user)))

    @extend_schema(request=None, parameters=[KEY], responses=QuestionOutput)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Go on with a settled thread."""
        found = self.get_object()
        return self.once(lambda: self.shown(questions.reopen(found, by=self.access.user)))

    def _message(self, message: str) -> QuestionMessage:
        rows = QuestionMessage.of(self.company).filter(question=self.get_object())
        rows = rows.exclude(file=None).select_related("file", "question__company")
        return get_object_or_404(rows, pk=int(message))

    def _said(self, question: Question, text: str, file: Incoming | None) -> Response:
        message = questions.answer(question, by=self.access.user, text=text, file=file)
        return Response(QuestionMessageOutput(message).data, status=201)

    def _whole(self, question: Question) -> Response:
        return Response(OneQuestionOutput(question).data)
