"""The base of a company's endpoints."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, cast

from django.contrib.sessions.backends.base import SessionBase
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from rest_framework.exceptions import MethodNotAllowed, PermissionDenied
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.viewsets import GenericViewSet

from erp.access.gate import Access, access_to
from erp.access.models import User
from erp.access.permissions import ADMINISTERS, Permission
from erp.access.sign_in.backend import has_two_ways
from erp.access.sign_in.stepup import is_fresh
from erp.api import problems
from erp.api.authentication import bearer_in, look_up
from erp.api.delta import DeltaPages, InOrder, is_asked
from erp.api.idempotency import once
from erp.api.permissions import SecondWayNeeded, StepUpNeeded
from erp.api.problems import PreconditionFailed, PreconditionRequired
from erp.audit import looks
from erp.companies.models import Company
from erp.core.errors import Overtaken
from erp.core.retrying import keep_body, retried, rewind


class Pages(CursorPagination):
    """Pages by cursor in the ``ordering`` of the endpoints; ``page_size`` up to 500.

    Within a day of the journal the cursor counts on, and a day may have more entries than the
    cut-off of the framework.
    """

    offset_cutoff = 0  # none
    page_size = 50
    max_page_size = 500
    page_size_query_param = "page_size"

    def get_ordering(self, request: Request, queryset: Any, view: Any) -> tuple[str, ...]:
        return tuple(view.ordering)


class OneTransaction(GenericViewSet[Any]):
    """Endpoints that work in one transaction, the writing of the answer included."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        def attempt() -> HttpResponseBase:
            rewind(request)
            with transaction.atomic():
                response: HttpResponseBase = super(OneTransaction, self).dispatch(
                    request, *args, **kwargs
                )
                if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                    response.render()  # while the rows are still visible
                return response

        look_up(request)
        if not keep_body(request):
            return attempt()
        try:
            return retried(attempt)
        except Overtaken as refusal:
            return problems.plain(refusal)

    def told(self, body: type[Serializer[Any]], *, partial: bool = False) -> dict[str, Any]:
        """The values of the request's body."""
        context = self.get_serializer_context()
        data = body(data=self.request.data, partial=partial, context=context)
        data.is_valid(raise_exception=True)
        return dict(data.validated_data)

    def asked(self, query: type[Serializer[Any]]) -> dict[str, Any]:
        """The values of the address's query that are offered; blank ones are as if left out."""
        given = {name: value for name, value in self.request.query_params.items() if value}
        data = query(data=given, context=self.get_serializer_context())
        data.is_valid(raise_exception=True)
        return dict(data.validated_data)


class CompanyViewSet(OneTransaction):
    """Endpoints of one company: ``/api/v1/companies/{company}/…``, in one transaction.

    ``permissions`` names what each action needs; an action that is not named is closed. Actions
    in ``step_up`` want the second factor used minutes ago. ``follows`` is what ``erp.changes``
    calls the rows of the list, which then answers to ``?changed_since=``, too.
    """

    permissions: ClassVar[dict[str, Permission]] = {}
    step_up: ClassVar[frozenset[str]] = frozenset()
    pagination_class: Any = Pages
    lookup_value_regex = "[0-9]{1,18}"
    ordering: ClassVar[tuple[str, ...]] = ("pk",)
    follows: ClassVar[str | InOrder | None] = None

    access: Access
    company: Company

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.access = access_to(
            int(kwargs["company"]), user=cast(User, request.user), within=bearer_in(request)
        )
        self.company = self.access.company
        if self.action is None:  # nothing here answers to the method, whoever asks
            raise MethodNotAllowed(request.method or "")
        if not self.access.may(self.permissions.get(self.action)):
            raise PermissionDenied
        if self.access.read_only and request.method not in SAFE_METHODS:
            raise PermissionDenied
        looks.note_entry(self.access)
        if self.action in self.step_up and not is_fresh(session_of(request)):
            raise StepUpNeeded
        administers = self.permissions.get(self.action) in ADMINISTERS
        if self.action in self.step_up and administers and not has_two_ways(self.access.user):
            raise SecondWayNeeded

    def finalize_response(self, *args: Any, **kwargs: Any) -> Response:
        response = cast(Response, super().finalize_response(*args, **kwargs))
        if hasattr(self, "access"):
            looks.note_file(self.access, response)
        return response

    @property
    def paginator(self) -> Any:
        if self.follows and not hasattr(self, "_paginator") and is_asked(self):
            self._paginator = DeltaPages(self.follows)
        return super().paginator

    def get_serializer_context(self) -> dict[str, Any]:
        context = dict(super().get_serializer_context())
        if hasattr(self, "company"):  # absent while the OpenAPI document is drawn up
            context |= {"company": self.company, "access": self.access}
        return context

    def once(self, act: Callable[[], Response]) -> Response:
        """Run a write that posts, pays, imports or starts a run, once per Idempotency-Key."""
        return once(self.request, self.access, f"{self.basename}.{self.action}", act)

    def shown(self, found: Any, status: int = 200) -> Response:
        """Something as this resource tells it, with its version."""
        return with_etag(self.get_serializer(found).data, status)

    def changing(self) -> Any:
        """What the address names, for a change by a caller who has read it as it is now.

        It is held until the end of the transaction, and read afterwards: what somebody else has
        changed meanwhile is seen, and never overwritten.
        """
        self.hold()
        found = self.get_object()
        self.require_match(self.get_serializer(found).data)
        return found

    def hold(self) -> None:
        """Keep others from changing what the address names."""
        place = self.lookup_field
        rows = self.get_queryset().model.of(self.company)
        get_object_or_404(rows.select_for_update(no_key=True), **{place: self.kwargs[place]})

    def require_match(self, representation: Any) -> None:
        """Refuse a change of something the caller has not read as it is now."""
        wanted = self.request.headers.get("If-Match")
        if not wanted:
            raise PreconditionRequired
        if wanted not in {"*", etag(representation)}:
            raise PreconditionFailed


def session_of(request: Request) -> Mapping[str, Any]:
    """The session that signed a request in: a phone's or a browser's; an app token has none."""
    if isinstance(request.auth, SessionBase):
        return cast(Mapping[str, Any], request.auth)
    return cast(Mapping[str, Any], request.session) if request.auth is None else {}


def etag(representation: Any) -> str:
    """The version of a resource, from what it shows."""
    written = json.dumps(representation, sort_keys=True, cls=DjangoJSONEncoder)
    return f'"{hashlib.sha256(written.encode()).hexdigest()[:32]}"'


def with_etag(representation: Any, status: int = 200) -> Response:
    return Response(representation, status=status, headers={"ETag": etag(representation)})
