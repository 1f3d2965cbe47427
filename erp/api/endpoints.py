"""The base of a company's endpoints."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, TypeVar, cast

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from rest_framework.exceptions import MethodNotAllowed, PermissionDenied
from rest_framework.pagination import BasePagination
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
from erp.api import problems, sizes, sparse, versions
from erp.api.authentication import bearer_in, look_up
from erp.api.delta import DeltaPages, InOrder, is_asked
from erp.api.deprecation import Deprecated
from erp.api.idempotency import InCompany, Keeping, KeyMissing, Personal, key_in, once
from erp.api.limits import Meter, TooMany
from erp.api.paging import PageOutput, Pages, RowPages
from erp.api.permissions import SecondWayNeeded, StepUpNeeded
from erp.api.problems import PreconditionFailed, PreconditionRequired
from erp.api.sizes import TooLarge
from erp.api.versions import etag, with_etag
from erp.audit import looks
from erp.companies.models import Company, Module
from erp.core.errors import Overtaken
from erp.core.retrying import keep_body, retried, rewind
from erp.documents.storing import LARGEST

R = TypeVar("R")
__all__ = ["CompanyViewSet", "OneTransaction", "etag", "session_of", "with_etag"]


class OneTransaction(GenericViewSet[Any]):
    """Endpoints that work in one transaction, the writing of the answer included.

    Where a class ``takes_keys``, a write that comes with an Idempotency-Key takes effect once; of
    answers with secrets nothing but the id is kept for it (``keeps_answer``).
    ``parts`` says for lookups ahead of the rows which field shows what they bring: where a client
    leaves the field out, they are left out, too. ``deprecated`` says that endpoints are to go.
    """

    deprecated: ClassVar[Deprecated | None] = None
    parts: ClassVar[Mapping[str, str]] = {}
    #: Bytes of a file that is sent, and of all files of a form.
    largest_file: ClassVar[int] = LARGEST
    largest_together: ClassVar[int | None] = None
    takes_keys: ClassVar[bool] = False
    keeps_answer: ClassVar[bool] = True
    wanted: sparse.Wanted | None = None
    _paginator: BasePagination | None
    meter: Meter
    _narrowed = False
    _keyed = False
    _lasting = False

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._plain: dict[str, Callable[..., Response]] = {}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        def attempt() -> HttpResponseBase:
            rewind(request)
            with transaction.atomic():
                response: HttpResponseBase = super(OneTransaction, self).dispatch(
                    request, *args, **kwargs
                )
                if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                    response.render()  # while the rows are still visible
                return versions.unless_known(request, response)

        return self.metered(request, kwargs.get("company"), attempt)

    def metered(
        self, request: HttpRequest, company: Any, attempt: Callable[[], HttpResponseBase]
    ) -> HttpResponseBase:
        """Answer by ``attempt`` as often as it takes, within the limits of a sender and a company.

        Each answer of what is to go says so, also one that comes from outside of the view.
        """
        look_up(request)
        goes = self.deprecated is not None and self.deprecated.covers(self._asked_for(request))
        if goes:
            request.mark = self._mark  # type: ignore[attr-defined]  # for ``erp.web.unanswered``
        self.meter = Meter.begin(request, company)
        try:
            self.meter.require_sender()
            self.limit(request)
            response = retried(attempt) if keep_body(request) else attempt()
        except (Overtaken, TooMany, TooLarge) as refusal:
            response = problems.plain(refusal)
        self.meter.settle(response, inside=hasattr(self, "access"))
        if goes:
            self._mark(response)
        return response

    def limit(self, request: HttpRequest) -> None:
        """Refuse a body that is too large before it is read. Raises ``TooLarge``."""
        file = self.largest_file
        sizes.limit(request, of_a_file=file, together=self.largest_together or file)

    def _asked_for(self, request: HttpRequest) -> Collection[str]:
        """The action that a request wants; all of the address, where none answers to its method."""
        actions: dict[str, str] = self.action_map
        named = actions.get((request.method or "").lower())
        return {named} if named else set(actions.values())

    def _mark(self, response: HttpResponseBase) -> None:
        assert self.deprecated is not None
        self.deprecated.mark(response, self.kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        for method, plain in self._plain.items():  # of an attempt before this one
            setattr(self, method, plain)
        self._keyed = self._lasting = False
        super().initial(request, *args, **kwargs)
        if request.method == "GET":
            self.wanted = sparse.wanted_in(request.query_params.get(sparse.PARAMETER, ""))
        if self.wanted is not None:
            self.wrap("get", self._of_what_is_wanted)

    def wrap(self, method: str, act: Callable[[Callable[[], Response]], Response]) -> None:
        """Let ``act`` stand around what answers to a method in this request."""
        inner = getattr(self, method)
        self._plain.setdefault(method, inner)

        def outer(request: Request, *args: Any, **kwargs: Any) -> Response:
            return act(lambda: inner(request, *args, **kwargs))

        setattr(self, method, outer)

    def once(self, act: Callable[[], Response]) -> Response:
        """Run a write that posts, pays, imports or starts a run: never without a key."""
        if not self._keyed:
            raise KeyMissing
        self._lasting = True
        return act()

    def keep_once(self, holder: InCompany | Personal) -> None:
        """Let a write that came with a key take effect once, whatever else it asks for.

        Its answer is repeated before anything is looked at: what it changed is not any more as its
        sender had read it. Who calls it has asked before whether somebody may do this at all.
        """
        request = self.request
        if not self.takes_keys or request.method in SAFE_METHODS or key_in(request) is None:
            return
        match = request.resolver_match
        operation = f"{self.basename or (match and match.url_name)}.{self.action}"
        self._keyed = True
        self.wrap(
            (request.method or "").lower(),
            lambda act: once(self.request, holder, operation, act, self._keeping),
        )

    def _keeping(self) -> Keeping:
        return Keeping(lasting=self._lasting, whole=self.keeps_answer)

    def _of_what_is_wanted(self, act: Callable[[], Response]) -> Response:
        answer = act()
        if not self._narrowed and hasattr(answer, "data"):
            answer.data = sparse.cut(answer.data, self.wanted or {})
        if "ETag" in answer.headers:  # nobody changes what was read in part
            answer["ETag"] = "W/" + answer["ETag"]
        return answer

    def paginate_queryset(self, queryset: Any) -> Any:
        rows = queryset if self.wanted is None else sparse.lean(queryset, self.wanted, self.parts)
        return super().paginate_queryset(rows)

    def page_of(self, rows: Sequence[R], *, by: Callable[[R], Any]) -> list[R]:
        """The page that is asked for of rows that were reckoned as a whole; ``by`` as ``RowPages``."""
        pages = RowPages(by)
        self._paginator = pages
        return pages.paginate_queryset(rows, self.request, self)

    def told_beside(self, shape: type[PageOutput], page: Sequence[Any], **beside: Any) -> Response:
        """The page that was read last, in a shape that tells something of the whole beside it."""
        pages: Any = self.paginator
        told = {
            "next": pages.get_next_link(), "previous": pages.get_previous_link(),
            "results": page, **beside,
        }  # fmt: skip
        return Response(shape(told, context=self.get_serializer_context()).data)

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        serializer = super().get_serializer(*args, **kwargs)
        if self.wanted is not None:
            sparse.narrow(serializer, self.wanted)
            self._narrowed = True
        return serializer

    def shown(self, found: Any, status: int = 200) -> Response:
        """Something as this resource tells it, with its version."""
        return with_etag(self.get_serializer(found).data, status)

    def require_match(self, representation: Any) -> None:
        """Refuse a change of something the caller has not read as it is now."""
        wanted = self.request.headers.get("If-Match")
        if not wanted:
            raise PreconditionRequired
        if wanted not in {"*", etag(representation)}:
            raise PreconditionFailed

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

    ``permissions`` names what each action needs; an action that is not named is closed. Any right of
    ``opened_by`` opens those that are named, too. Actions in ``step_up`` want the second factor used
    minutes ago. ``follows`` is what ``erp.changes`` calls the rows of the list, which then answers
    to ``?changed_since=``, too.
    """

    permissions: ClassVar[dict[str, Permission]] = {}
    opened_by: ClassVar[frozenset[Permission]] = frozenset()
    #: The module of an action, where it is not the one of its permission.
    modules: ClassVar[Mapping[str, Module]] = {}
    step_up: ClassVar[frozenset[str]] = frozenset()
    takes_keys: ClassVar[bool] = True
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
        self.meter.require_company()
        if self.action is None:  # nothing here answers to the method, whoever asks
            raise MethodNotAllowed(request.method or "")
        right = self.permissions.get(self.action)
        if right is None:
            raise PermissionDenied
        if self.opened_by.isdisjoint(self.access.granted):
            self.access.require(right)
        self.access.require_module(self.modules.get(self.action))
        if self.access.read_only and request.method not in SAFE_METHODS:
            raise PermissionDenied
        looks.note_entry(self.access)
        if self.action in self.step_up and not is_fresh(session_of(request)):
            raise StepUpNeeded
        administers = right in ADMINISTERS
        if self.action in self.step_up and administers and not has_two_ways(self.access.user):
            raise SecondWayNeeded
        self.keep_once(InCompany(self.company, self.access.user))

    def finalize_response(self, *args: Any, **kwargs: Any) -> Response:
        response = cast(Response, super().finalize_response(*args, **kwargs))
        if hasattr(self, "access"):
            looks.note_file(self.access, response)
        return response

    def reach(self) -> QuerySet[Any] | None:
        """All rows that the caller may ever see here, whatever is asked for; None: whoever sees some sees all.

        Of others ``?changed_since=`` tells nothing, not even ids.
        """
        return None

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

    def _keeping(self) -> Keeping:
        kept = super()._keeping()
        tells_wages = self.permissions[self.action].module == Module.PAYROLL and not kept.lasting
        return replace(kept, whole=kept.whole and not tells_wages)

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


def session_of(request: Request) -> Mapping[str, Any]:
    """The session that signed a request in: a phone's or a browser's; an app token has none."""
    if isinstance(request.auth, SessionBase):
        return cast(Mapping[str, Any], request.auth)
    return cast(Mapping[str, Any], request.session) if request.auth is None else {}
