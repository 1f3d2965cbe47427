"""``…/search/``: everything that somebody may see in a company."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.search import finding
from erp.search.asking import MOST_LETTERS
from erp.search.kinds import names


class SearchQuery(serializers.Serializer[Any]):
    q = serializers.CharField(
        max_length=MOST_LETTERS,
        help_text="The beginnings of words, all of which must be found; amounts as 1234.50 or 1234",
    )
    kinds = serializers.CharField(
        max_length=200, required=False,
        help_text="Only these, separated by commas: accounts, contacts, entries, drafts …",
    )  # fmt: skip
    limit = serializers.IntegerField(
        min_value=1, max_value=50, default=finding.MOST, help_text="At most as many of a kind"
    )

    def validate_kinds(self, text: str) -> list[str]:
        wanted = [name.strip() for name in text.split(",") if name.strip()]
        unknown = sorted({*wanted} - {*names()})
        if unknown:
            raise serializers.ValidationError(
                f"There is no kind {', '.join(unknown)}. Choose of {', '.join(names())}."
            )
        return wanted


class SearchHit(serializers.Serializer[Any]):
    """A record that was found, and its page; ``kind_label`` is in the language of whoever asks."""

    kind = serializers.CharField()
    kind_label = serializers.CharField()
    id = serializers.IntegerField()
    label: Any = serializers.CharField()
    note = serializers.CharField()
    day = serializers.DateField(allow_null=True)
    amount = serializers.DecimalField(max_digits=18, decimal_places=2, allow_null=True)
    currency = serializers.CharField()
    url = serializers.CharField()


class SearchOutput(serializers.Serializer[Any]):
    """Hits by kind, the newest first. ``behind`` records came in just now and were not looked at yet."""

    results = SearchHit(many=True)
    behind = serializers.IntegerField()


class SearchViewSet(CompanyViewSet):
    """``…/search/``"""

    permissions = {"list": Permission.COMPANY_READ}
    serializer_class = SearchOutput
    pagination_class = None

    @extend_schema(parameters=[SearchQuery], responses=SearchOutput)
    def list(self, request: Request, **kwargs: Any) -> Response:
        """What begins with all words of a text, of every kind that one may see."""
        asked = self.asked(SearchQuery)
        found = finding.find(
            self.access, asked["q"], kinds=asked.get("kinds"), limit=asked["limit"]
        )
        hits = [
            {"kind": one.kind.name, "kind_label": str(one.kind.label),
             **{name: getattr(hit, name) for name in hit.__slots__}}
            for one in found for hit in one.hits
        ]  # fmt: skip
        told = {"results": hits, "behind": sum(one.behind for one in found)}
        return Response(SearchOutput(told).data)
