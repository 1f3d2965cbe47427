"""How endpoints appear in the OpenAPI document."""

from __future__ import annotations

from typing import Any, Final

from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent, get_doc
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from erp.api import delta, naming
from erp.api.deprecation import Deprecated
from erp.api.paging import PageOutput, Pages
from erp.web.export import MAKERS

#: An id in an address, as its pattern says it and as clients are to have it: as in bodies.
_DIGITS: Final = {"type": "string", "pattern": "^[0-9]{1,18}$"}
_NUMBER: Final = {"type": "integer", "format": "int64", "minimum": 0, "maximum": 10**18 - 1}
_KEY: Final = {"type": "string", "pattern": "^[ -~]{8,100}$"}
#: For endpoints that answer through ``CompanyViewSet.once``.
KEY: Final = OpenApiParameter(
    "Idempotency-Key", _KEY, OpenApiParameter.HEADER, required=True,
    description="8 to 100 characters; the same key gives the same answer, and one effect.",
)  # fmt: skip
#: Any other write of a company takes one, too.
KEY_AT_WILL: Final = OpenApiParameter(
    "Idempotency-Key", _KEY, OpenApiParameter.HEADER, required=False,
    description="8 to 100 characters; what is sent again with the same key takes effect once.",
)  # fmt: skip
#: Of all that is read.
FIELDS: Final = OpenApiParameter(
    "fields", str, OpenApiParameter.QUERY, required=False,
    description="Only these fields, by commas; those of a part with a point: id,addresses.town",
)  # fmt: skip
IF_NONE_MATCH: Final = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, required=False,
    description="An ETag that was read: 304 without a body as long as nothing has changed.",
)  # fmt: skip
#: For endpoints that answer through ``CompanyViewSet.changing``.
IF_MATCH: Final = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True,
    description="The ETag that was read, or * for whatever there is.",
)  # fmt: skip
#: What every operation may refuse with.
REFUSALS: Final = {
    "400": "What was sent is wrong, place by place.",
    "401": "Nobody is signed in, or the token is not good.",
    "403": "Not allowed, or the second factor is wanted once more.",
    "404": "There is no such thing, or not for you.",
    "409": "The state of the books is in the way, or somebody else was quicker.",
    "412": "It has changed since it was read.",
    "415": "A body of this type is not taken.",
    "422": "Refused by a rule of the trade; the code says by which.",
    "428": "Send If-Match with the ETag that was read.",
    "429": "Too many requests; Retry-After says how many seconds to wait.",
}
#: What some refuse with besides, who name it in ``refuses``.
MORE_REFUSALS: Final = {
    "410": "What one goes on from is gone; begin from the start.",
    "413": "It is larger than is taken.",
    "423": "Somebody else is working on it right now.",
    "460": "It did not arrive as it was sent.",
}
#: What files of each form are.
KINDS: Final = {form: kind for form, (_make, kind) in MAKERS.items()} | {"vcf": "text/vcard"}
RETRY_AFTER: Final = {"description": "Seconds to wait.", "schema": {"type": "integer"}}


class ProblemError(serializers.Serializer[Any]):
    """One fault: where it is (``lines[0].account``), and what the message speaks of."""

    code = serializers.CharField()
    field = serializers.CharField(allow_null=True)
    message = serializers.CharField()
    values: Any = serializers.DictField(child=serializers.CharField())


class Problem(serializers.Serializer[Any]):
    """An error (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    errors: Any = ProblemError(many=True)
    request_id = serializers.CharField()


class Schema(AutoSchema):
    """Names operations by room and address, and adds what every one of them asks and answers."""

    def get_override_parameters(self) -> Any:
        changes = self.method in {"PUT", "PATCH", "DELETE"}
        asked = [IF_MATCH] if changes and getattr(self.view, "asks_match", True) else []
        if self.method == "GET" and hasattr(self.view, "wanted"):
            asked += [FIELDS, IF_NONE_MATCH]
        if getattr(self.view, "takes_keys", False) and self.method != "GET":
            asked.append(KEY_AT_WILL)
        if self._tells_changes():
            asked.append(delta.PARAMETER)
        return asked

    def _resolve_path_parameters(self, variables: Any) -> Any:
        told = super()._resolve_path_parameters(variables)
        for one in told:
            if one["schema"] == _DIGITS:
                one["schema"] = _NUMBER
        return told

    def get_tags(self) -> list[str]:
        return [naming.room_of(type(self.view).__module__)]

    def get_operation_id(self) -> str:
        many = bool(self.method == "GET" and super()._is_list_view())
        return naming.operation_id(
            self._tokenize_path(), self.method, getattr(self.view, "action", None), many=many
        )

    def get_summary(self) -> str:
        action = getattr(self.view, "action", None) or ""
        told = get_doc(getattr(self.view, action, None))
        return naming.summary(told, self._tokenize_path(), action)

    def _get_pagination_parameters(self) -> Any:
        if self.method == "GET" and self._is_whole_page():
            return Pages().get_schema_operation_parameters(self.view)
        return super()._get_pagination_parameters()

    def _is_whole_page(self) -> bool:
        """Whether the handler says by a class of its own what stands beside a page."""
        told = self.get_response_serializers()
        shapes = list(told.values()) if isinstance(told, dict) else [told]
        return any(isinstance(one, type) and issubclass(one, PageOutput) for one in shapes)

    def _get_paginator(self) -> Any:
        return super()._get_paginator() if self.method == "GET" else None

    def _is_list_view(self, serializer: Any = None) -> bool:
        return not self._tells_one() and bool(super()._is_list_view(serializer))

    def _tells_one(self) -> bool:
        """Whether what stands at the address of a list is one thing: its handler says so, by a class."""
        if getattr(self.view, "action", None) != "list":
            return False
        told = self.get_response_serializers()
        first = told[min(told, key=str)] if isinstance(told, dict) and told else told
        return isinstance(first, type)

    def _add_files(self, bodies: dict[str, Any]) -> None:
        """What is answered to ``?form=``, where the handler does not say so itself."""
        view: Any = self.view
        told = bodies.get("200", {}).get("content", {})
        if self.method == "GET" and view.action in getattr(view, "takes_along", ()) and told:
            for form in view.forms:
                told.setdefault(KINDS[form], {"schema": {"type": "string", "format": "binary"}})

    def get_description(self) -> Any:  # type: ignore[override]
        told, goes = super().get_description(), self._goes()
        return "\n\n".join(filter(None, [told, str(goes)])) if goes else told

    def is_deprecated(self) -> bool:
        return self._goes() is not None or bool(super().is_deprecated())

    def _goes(self) -> Deprecated | None:
        goes: Deprecated | None = getattr(self.view, "deprecated", None)
        return goes if goes and goes.covers({getattr(self.view, "action", None) or ""}) else None

    def _tells_changes(self) -> bool:
        view: Any = self.view
        return bool(getattr(view, "follows", None)) and view.action == "list"

    def _get_response_for_code(
        self, serializer: Any, status_code: Any, *args: Any, **kw: Any
    ) -> Any:
        if self._tells_one():
            serializer = _alone(serializer)
        told = super()._get_response_for_code(serializer, status_code, *args, **kw)
        if self._tells_changes() and str(status_code) == "200":
            shape = getattr(self.view, "changed_shape", None) or serializer
            rows = self.resolve_serializer(getattr(shape, "child", shape), "response")
            changed = ResolvedComponent(
                name=f"Changed{rows.name}List", type=ResolvedComponent.SCHEMA,
                schema=delta.schema_of(rows.ref), object=f"changed {rows.name}",
            )  # fmt: skip
            self.registry.register_on_missing(changed)
            for content in (one for kind, one in told["content"].items() if "json" in kind):
                content["schema"] = {
                    "anyOf": [changed.ref, content["schema"]]
                }  # a page asks for less
        return told

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        problem = self.resolve_serializer(Problem(), "response").ref
        more = {str(code) for code in getattr(self.view, "refuses", ())}
        if self._tells_changes():
            more.add("410")
        if self.method in {"POST", "PUT", "PATCH"}:
            more.add("413")
        self._add_files(bodies)
        if self.method == "GET" and hasattr(self.view, "wanted"):
            bodies["304"] = {"description": "Nothing has changed since (If-None-Match)."}
        for code in sorted((set(REFUSALS) | more) - set(bodies)):
            bodies[code] = {
                "description": REFUSALS.get(code) or MORE_REFUSALS[code],
                "content": {"application/problem+json": {"schema": problem}},
            }
            if code == "429":
                bodies[code]["headers"] = {"Retry-After": RETRY_AFTER}
        return bodies


def _alone(serializer: Any) -> Any:
    """A shape that spectacular would take for that of each row."""
    is_shape = isinstance(serializer, type) and issubclass(serializer, serializers.BaseSerializer)
    return forced_singular_serializer(serializer) if is_shape else serializer  # type: ignore[no-untyped-call]


class AppTokenExtension(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "erp.api.authentication.AppTokenAuthentication"
    name = "appToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "rappen_…"}


class PhoneExtension(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "erp.api.authentication.PhoneAuthentication"
    name = "phoneSession"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "X-Session-Token"}


class AmountExtension(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    target_class = "erp.api.inputs.AmountField"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, str]:
        decimals = self.target.decimals
        return {"type": "string", "pattern": rf"^-?[0-9]{{1,13}}(\.[0-9]{{1,{decimals}}})?$"}


class MonthExtension(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    target_class = "erp.api.inputs.MonthField"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, str]:
        return {"type": "string", "pattern": "^[12][0-9]{3}-(0[1-9]|1[0-2])$"}
