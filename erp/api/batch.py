"""``…/batch/`` and ``/api/v1/batch/``: what a phone wrote while it was offline, sent at once (Stapel).

Each item is a request of its own to the endpoint that it names: with its own key, rights, step-up,
transaction, count towards the limits, and answer. Nothing is written past the endpoints.
"""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar, Final, cast
from urllib.parse import urlsplit

from django.core.handlers.wsgi import WSGIRequest
from django.http import Http404, HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch, resolve
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.gate import access_to
from erp.access.models import User
from erp.access.sign_in.middleware import note_denied
from erp.api.authentication import bearer_in, carry_over
from erp.api.endpoints import CompanyViewSet, OneTransaction
from erp.api.inputs import Input
from erp.api.personal import PersonalViewSet
from erp.core.problems import problem

MOST: Final = 100
_METHODS: Final = ("POST", "PUT", "PATCH", "DELETE")
_REFERENCE: Final = re.compile(r"@([A-Za-z][A-Za-z0-9_-]{0,39})\.id")
_NOT_OURS: Final = ("HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH", "HTTP_IDEMPOTENCY_KEY", "QUERY_STRING")

log = logging.getLogger(__name__)


class ItemInput(Input):
    """A write: ``path`` is what follows the address before ``batch/``, such as ``contacts/``.

    ``@name.id`` in the path, or as a value of the body, means what the item of that ``name`` made.
    """

    key = serializers.RegexField(r"^[\x21-\x7e]{8,100}$", max_length=100)
    name = serializers.RegexField(r"^[A-Za-z][A-Za-z0-9_-]{0,39}$", required=False)
    method = serializers.ChoiceField(choices=_METHODS)
    path = serializers.CharField(max_length=300)
    body = serializers.JSONField(required=False)
    if_match = serializers.CharField(max_length=100, required=False)


class BatchInput(Input):
    """With ``stop`` what follows the first refusal is left for later."""

    items = ItemInput(many=True, min_length=1, max_length=MOST)  # type: ignore[call-arg]
    stop = serializers.BooleanField(default=False)


class ItemOutput(serializers.Serializer[Any]):
    """What an item was answered; ``replayed`` says that it had been done before."""

    key = serializers.CharField()
    status = serializers.IntegerField()
    etag = serializers.CharField(allow_null=True)
    body = serializers.JSONField(allow_null=True)
    replayed = serializers.BooleanField()


class BatchOutput(serializers.Serializer[Any]):
    """Results in the order of the items; ``left`` are those that were not tried."""

    results = ItemOutput(many=True)
    left = serializers.IntegerField()


@dataclass(frozen=True)
class Item:
    """One write of a batch."""

    key: str
    method: str
    path: str
    body: Any
    if_match: str
    name: str = ""


class ManyWrites(OneTransaction):
    """Up to 100 writes; who may write what, each endpoint says itself.

    ``reaches`` is the base of the endpoints that they may go to, below the address ``place``.
    """

    reaches: ClassVar[type[OneTransaction]]
    place: ClassVar[str]
    _items: list[Item] | None = None
    _stop = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Look at the batch in a transaction of its own, and then do each item in one of its own."""
        checked = super().dispatch(request, *args, **kwargs)
        if self._items is None or checked.status_code != HTTPStatus.OK:
            return checked
        results = list(self._done(request, self._items))
        answer = JsonResponse({"results": results, "left": len(self._items) - len(results)})
        for name, value in checked.headers.items():
            if name not in {"Content-Type", "Content-Length"}:
                answer[name] = value
        return answer

    def taken(self) -> Response:
        """Look at the batch, and keep what is to be done after this transaction."""
        told = self.told(BatchInput)
        self._stop = told["stop"]
        self._items = [
            Item(one["key"], one["method"], one["path"], one.get("body"), one.get("if_match", ""),
                 one.get("name", ""))
            for one in told["items"]
        ]  # fmt: skip
        return Response({"results": [], "left": len(self._items)})

    def _done(self, request: HttpRequest, items: list[Item]) -> Iterator[dict[str, Any]]:
        made: dict[str, int] = {}
        place = self.place.format(**self.kwargs)
        for item in items:
            result = _answered(request, place, self.reaches, item, made)
            body = result["body"]
            if item.name and isinstance(body, dict) and isinstance(body.get("id"), int):
                made[item.name] = body["id"]
            yield result
            if self._stop and result["status"] >= HTTPStatus.BAD_REQUEST:
                return


class BatchViewSet(ManyWrites):
    """``…/batch/`` of a company."""

    reaches, place = CompanyViewSet, "/api/v1/companies/{company}/"

    @extend_schema(request=BatchInput, responses={200: BatchOutput})
    def send(self, request: Request, company: int, **kwargs: Any) -> Response:
        """Do several writes one after the other; each succeeds or is refused for itself."""
        access_to(company, user=cast(User, request.user), within=bearer_in(request))
        return self.taken()


class PersonalBatchViewSet(ManyWrites):
    """``/api/v1/batch/``: for what lies outside of companies."""

    reaches, place = PersonalViewSet, "/api/v1/"

    @extend_schema(request=BatchInput, responses={200: BatchOutput}, operation_id="personal_batch")
    def send(self, request: Request, **kwargs: Any) -> Response:
        """Do several writes to one's account or firm; each succeeds or is refused for itself."""
        if bearer_in(request) is not None:
            raise PermissionDenied  # a token is for its own company
        return self.taken()


def _answered(
    request: HttpRequest, place: str, reaches: type[OneTransaction], item: Item,
    made: dict[str, int],
) -> dict[str, Any]:  # fmt: skip
    try:
        path = _REFERENCE.sub(lambda found: str(made[found[1]]), item.path)
        body = _filled(item.body, made)
    except KeyError as missing:
        told = _("“%s” made nothing that could be meant here.") % missing.args[0]
        return _refused(item, HTTPStatus.FAILED_DEPENDENCY, "batch.nothing_made", told)
    address = f"{place}{path}"
    match = _endpoint(address, reaches)
    if match is None:
        told = _("There is no endpoint “%(path)s”. Give what follows %(place)s.") % {
            "path": path, "place": place,
        }  # fmt: skip
        return _refused(item, HTTPStatus.NOT_FOUND, "batch.no_such_endpoint", told)
    own = _request(request, address, item, body)
    own.resolver_match = match
    try:
        answer = match.func(own, *match.args, **match.kwargs)
        if not getattr(answer, "is_rendered", True):  # by what works in several transactions
            answer.render()
    except Exception:
        log.exception("an item of a batch failed: %s %s", item.method, address)
        told = _("This went wrong, and nothing was written. Try again later.")
        return _refused(item, HTTPStatus.INTERNAL_SERVER_ERROR, "error", told)
    if answer.status_code == HTTPStatus.FORBIDDEN:
        note_denied(own)
    return {
        "key": item.key, "status": answer.status_code, "etag": answer.headers.get("ETag"),
        "body": _json(answer), "replayed": "Idempotency-Replayed" in answer.headers,
    }  # fmt: skip


def _filled(value: Any, made: dict[str, int]) -> Any:
    """The value with what earlier items made. Raises ``KeyError``."""
    if isinstance(value, dict):
        return {name: _filled(inner, made) for name, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, made) for inner in value]
    named = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
    return made[named[1]] if named else value


def _endpoint(address: str, reaches: type[OneTransaction]) -> ResolverMatch | None:
    """What answers to an address, if it is an endpoint of the wanted base."""
    if urlsplit(address).path != address or ".." in address or "//" in address or "\x00" in address:
        return None
    try:
        match = resolve(address)
    except Http404:
        return None
    view = getattr(match.func, "cls", None)
    return match if isinstance(view, type) and issubclass(view, reaches) else None


def _request(request: HttpRequest, address: str, item: Item, body: Any) -> HttpRequest:
    """The item as a request of its own, by whoever sent the batch."""
    content = b"" if body is None else json.dumps(body).encode()
    environ = {name: value for name, value in request.META.items() if name not in _NOT_OURS}
    environ |= {
        "REQUEST_METHOD": item.method, "PATH_INFO": address, "QUERY_STRING": "",
        "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(content)),
        "HTTP_IDEMPOTENCY_KEY": item.key, "HTTP_ACCEPT": "application/json",
        "wsgi.input": io.BytesIO(content),
    }  # fmt: skip
    if item.if_match:
        environ["HTTP_IF_MATCH"] = item.if_match
    own = WSGIRequest(environ)
    carry_over(request, own)
    return own


def _json(answer: Any) -> Any:
    content = getattr(answer, "content", b"")
    if not content or "json" not in answer.headers.get("Content-Type", ""):
        return None
    return json.loads(content)


def _refused(item: Item, status: int, code: str, told: str) -> dict[str, Any]:
    body = problem(int(status), code, told)
    return {"key": item.key, "status": int(status), "etag": None, "body": body, "replayed": False}
