"""``…/mails/``: what left the house, and what became of it; ``…/mail-texts/``: how it is written."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet, with_etag
from erp.api.inputs import Input
from erp.api.schema import IF_MATCH
from erp.audit import access_log
from erp.audit.models import AccessLogEntry
from erp.companies.models import Language
from erp.mails import kinds, queries
from erp.mails.models import LONGEST_BODY, LONGEST_SUBJECT, MailFile, OutgoingMail, State
from erp.mails.queueing import cancel, retry
from erp.mails.templates import Texts, all_texts, reset_text, save_text

LARGEST_ID = 2**63 - 1


class MailOutput(serializers.ModelSerializer[OutgoingMail]):
    """A mail. ``state`` is queued, sending, sent, failed, refused, unclear or cancelled.

    ``fault`` says why the last try did not succeed, ``last_error`` what the server answered.
    ``about_model`` and ``about_id`` name the record it is about.
    """

    kind = serializers.CharField()
    language = serializers.CharField()
    state = serializers.CharField()
    fault = serializers.CharField()
    trouble = serializers.CharField(help_text="The fault in words, with the server's answer")
    to = serializers.ListField(child=serializers.CharField())
    cc = serializers.ListField(child=serializers.CharField())
    bcc = serializers.ListField(child=serializers.CharField())
    by = serializers.CharField(source="by.email")

    class Meta:
        model = OutgoingMail
        fields = ("id", "kind", "language", "about_model", "about_id", "about_name", "to", "cc", "bcc",
                  "reply_to", "subject", "message_id", "queued_at", "by", "state", "tries",
                  "next_try_at", "sent_at", "fault", "last_error", "trouble")  # fmt: skip


class MailFileOutput(serializers.ModelSerializer[MailFile]):
    size = serializers.IntegerField(source="file.size")
    digest = serializers.CharField(source="file.digest", help_text="SHA-256 of its bytes")

    class Meta:
        model = MailFile
        fields = ("name", "size", "digest")


class WholeMailOutput(MailOutput):
    """A mail with its text and the files it carries."""

    files = MailFileOutput(source="carried", many=True)

    class Meta(MailOutput.Meta):
        fields = (*MailOutput.Meta.fields, "body", "files")  # type: ignore[assignment]


class MailQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(
        choices=("open", *State.values), required=False, help_text="open: neither sent nor cancelled"
    )  # fmt: skip
    kind = serializers.CharField(max_length=40, required=False)
    search = serializers.CharField(max_length=80, required=False, help_text="In subject, address …")
    about = serializers.CharField(
        max_length=60, required=False, help_text="With about_id: a record, by its kind and id"
    )
    about_id = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)


class MailViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/mails/``: newest first; of the kinds whose documents one may see."""

    permissions = {
        "list": Permission.COMPANY_READ,
        "retrieve": Permission.COMPANY_READ,
        "retry": Permission.COMPANY_READ,
        "cancel": Permission.COMPANY_READ,
    }
    serializer_class = MailOutput
    queryset = OutgoingMail.unscoped.none()
    ordering = ("-pk",)

    def get_queryset(self) -> QuerySet[OutgoingMail]:
        return queries.within_reach(self.access)

    @extend_schema(parameters=[MailQuery])
    def list(self, request: Request, **kwargs: Any) -> Response:
        told = self.asked(MailQuery)
        found = queries.filtered(self.get_queryset(), **told).defer("body")
        page = self.paginate_queryset(found) or []
        look = AccessLogEntry.Kind.SEARCH if told.get("search") else AccessLogEntry.Kind.LIST
        access_log.note(company=self.company, by=self.access.user, subject=OutgoingMail, kind=look,
                        count=len(page))  # fmt: skip
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(responses=WholeMailOutput)
    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """One mail with its text; its ETag changes with its state."""
        mail = self.get_object()
        access_log.note(company=self.company, by=self.access.user, subject=mail,
                        kind=AccessLogEntry.Kind.READ)  # fmt: skip
        mail.carried = mail.files.select_related("file").order_by("pk")
        answer = self.shown(mail)
        answer.data = WholeMailOutput(mail).data
        return answer

    @extend_schema(request=None, responses=MailOutput, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Send a mail again that failed, was refused, or is unclear."""
        return self.shown(retry(self._sending(), by=self.access.user))

    @extend_schema(request=None, responses=MailOutput, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Keep back a mail that still waits."""
        return self.shown(cancel(self._sending(), by=self.access.user))

    def _sending(self) -> OutgoingMail:
        """The mail, for somebody who may send such mails."""
        if not kinds.may_send(self.access, self.get_object().kind):
            raise PermissionDenied
        mail: OutgoingMail = self.changing()
        return mail


class MailTextOutput(serializers.Serializer[Any]):
    """A text with its placeholders in braces; ``own`` says whether the company wrote it."""

    kind = serializers.CharField()
    title = serializers.CharField()
    language = serializers.CharField()
    own = serializers.BooleanField()
    subject = serializers.CharField()
    body = serializers.CharField()
    placeholders = serializers.ListField(child=serializers.CharField())


class MailTextInput(Input):
    subject = serializers.CharField(max_length=LONGEST_SUBJECT)
    body = serializers.CharField(max_length=LONGEST_BODY, trim_whitespace=False)


class MailTextViewSet(CompanyViewSet):
    """``…/mail-texts/`` and ``…/mail-texts/{kind}/{language}/``"""

    permissions = {
        "list": Permission.COMPANY_READ,
        "read": Permission.COMPANY_READ,
        "save": Permission.COMPANY_CHANGE,
        "reset": Permission.COMPANY_CHANGE,
    }
    serializer_class = MailTextOutput
    pagination_class = None

    @extend_schema(responses=MailTextOutput(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        """All texts: of each kind in each language."""
        every = all_texts(self.company)
        told = [_text(texts, language) for texts in every for language in Language.values]
        return Response(MailTextOutput(told, many=True).data)

    @extend_schema(responses=MailTextOutput)
    def read(self, request: Request, kind: str, language: str, **kwargs: Any) -> Response:
        return with_etag(self._told(kind, language))

    @extend_schema(request=MailTextInput, responses=MailTextOutput)
    def save(self, request: Request, kind: str, language: str, **kwargs: Any) -> Response:
        """Write with one's own text; placeholders that are unknown are refused."""
        self.require_match(self._told(kind, language))
        save_text(company=self.company, by=self.access.user, kind=kind, language=language,
                  **self.told(MailTextInput))  # fmt: skip
        return with_etag(self._told(kind, language))

    @extend_schema(request=None, responses={204: None})
    def reset(self, request: Request, kind: str, language: str, **kwargs: Any) -> Response:
        """Write with our text again."""
        self.require_match(self._told(kind, language))
        reset_text(company=self.company, by=self.access.user, kind=kind, language=language)
        return Response(status=204)

    def _told(self, kind: str, language: str) -> dict[str, Any]:
        if kind not in kinds.all_kinds() or language not in Language.values:
            raise Http404
        return dict(MailTextOutput(_text(Texts(self.company, kind), language)).data)


def _text(texts: Texts, language: str) -> dict[str, Any]:
    subject, body = texts.text(language)
    return {
        "kind": texts.kind.name, "title": str(texts.kind.label), "language": language,
        "own": texts.is_own(language), "subject": subject, "body": body,
        "placeholders": list(texts.kind.placeholders),
    }  # fmt: skip
