"""How endpoints appear in the OpenAPI document."""

from __future__ import annotations

from typing import Any, Final

from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from erp.api import delta

#: For endpoints that answer through ``CompanyViewSet.once``.
KEY: Final = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, required=True,
    description="8 to 100 characters; the same key gives the same answer, and one effect.",
)  # fmt: skip
#: For endpoints that answer through ``CompanyViewSet.changing``.
IF_MATCH: Final = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True,
    description="The ETag that was read, or * for whatever there is.",
)  # fmt: skip


class Problem(serializers.Serializer[Any]):
    """An error (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    errors: Any = serializers.ListField(child=serializers.DictField())
    request_id = serializers.CharField()


class Schema(AutoSchema):
    """Adds the errors that every endpoint can answer with, and what every change must send."""

    def get_override_parameters(self) -> Any:
        if self._tells_changes():
            return [delta.PARAMETER]
        return [IF_MATCH] if self.method in {"PUT", "PATCH", "DELETE"} else []

    def _tells_changes(self) -> bool:
        view: Any = self.view
        return bool(getattr(view, "follows", None)) and view.action == "list"

    def _get_response_for_code(
        self, serializer: Any, status_code: Any, *args: Any, **kw: Any
    ) -> Any:
        told = super()._get_response_for_code(serializer, status_code, *args, **kw)
        if self._tells_changes() and str(status_code) == "200":
            shape = getattr(self.view, "changed_shape", None) or serializer
            rows = self.resolve_serializer(getattr(shape, "child", shape), "response")
            changed = ResolvedComponent(
                name=f"Changed{rows.name}List", type=ResolvedComponent.SCHEMA,
                schema=delta.schema_of(rows.ref), object=f"changed {rows.name}",
            )  # fmt: skip
            self.registry.register_on_missing(changed)
            for content in told["content"].values():
                content["schema"] = {"anyOf": [content["schema"], changed.ref]}
        return told

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        problem = self.resolve_serializer(Problem(), "response").ref
        codes = {"400", "401", "403", "404", "409", "412", "415", "422", "428"}
        if self._tells_changes():
            codes.add("410")
        for code in sorted(codes - set(bodies)):
            bodies[code] = {
                "description": "Problem",
                "content": {"application/problem+json": {"schema": problem}},
            }
        return bodies


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
