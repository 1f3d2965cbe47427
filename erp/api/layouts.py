"""Layouts in the API: what is told of one, what may be changed, and what a preview is asked with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from rest_framework import serializers

from erp.api.inputs import Input
from erp.layouts.saving import checked
from erp.layouts.values import (
    FIELDS,
    LEAST_WIDTH,
    MOST_WIDTH,
    Font,
    Kind,
    Lines,
    Look,
    Place,
    Shown,
    Size,
)

_COLOUR: Final = "Of headings and rules, as #rrggbb; dark enough to be read on white paper"


class LookOutput(serializers.Serializer[Any]):
    """How papers of a kind look; ``own`` is false where it is the layout of all papers, or the usual one."""

    kind = serializers.ChoiceField(choices=Kind.choices)
    own = serializers.BooleanField()
    accent = serializers.CharField(source="look.accent")
    font = serializers.ChoiceField(source="look.font", choices=Font.choices)
    size = serializers.ChoiceField(source="look.size", choices=Size.choices)
    logo_place = serializers.ChoiceField(source="look.logo_place", choices=Place.choices)
    logo_width = serializers.IntegerField(source="look.logo_width")
    columns = serializers.ListField(source="look.columns",
                                    child=serializers.ChoiceField(choices=Shown.choices))  # fmt: skip
    sender_line = serializers.BooleanField(source="look.sender_line")
    letterhead = serializers.BooleanField(source="look.letterhead")
    lines = serializers.ChoiceField(source="look.lines", choices=Lines.choices)


class LookInput(Input):
    """Fields to change; a change holds for papers that are made from then on."""

    accent = serializers.CharField(max_length=20, help_text=_COLOUR)
    font = serializers.ChoiceField(choices=Font.choices)
    size = serializers.ChoiceField(choices=Size.choices)
    logo_place = serializers.ChoiceField(choices=Place.choices)
    logo_width = serializers.IntegerField(min_value=LEAST_WIDTH, max_value=MOST_WIDTH)
    columns = serializers.ListField(child=serializers.ChoiceField(choices=Shown.choices),
                                    max_length=len(Shown.choices))  # fmt: skip
    sender_line = serializers.BooleanField()
    letterhead = serializers.BooleanField()
    lines = serializers.ChoiceField(choices=Lines.choices)


class LookQuery(serializers.Serializer[Any]):
    """A layout to be tried, without keeping it; what is left out is as it was chosen."""

    accent = serializers.CharField(max_length=20, required=False, help_text=_COLOUR)
    font = serializers.ChoiceField(choices=Font.choices, required=False)
    size = serializers.ChoiceField(choices=Size.choices, required=False)
    logo_place = serializers.ChoiceField(choices=Place.choices, required=False)
    logo_width = serializers.IntegerField(
        min_value=LEAST_WIDTH, max_value=MOST_WIDTH, required=False
    )
    columns = serializers.CharField(max_length=80, required=False, help_text="Names between commas")
    sender_line = serializers.BooleanField(required=False)
    letterhead = serializers.BooleanField(required=False)
    lines = serializers.ChoiceField(choices=Lines.choices, required=False)


def asked_look(told: Mapping[str, Any], base: Look) -> Look:
    """The layout that a query (``LookQuery``) tries on top of one. Raises what ``checked`` raises."""
    wanted = {name: told[name] for name in FIELDS if name in told}
    if "columns" in wanted:
        names = (name.strip() for name in wanted["columns"].split(","))
        wanted["columns"] = tuple(name for name in names if name)
    return checked(replace(base, **wanted)) if wanted else base
