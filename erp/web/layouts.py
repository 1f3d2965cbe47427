"""Layouts in pages (Layout der Belege): the form, and what a layout that is not saved yet looks like."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from django import forms
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.utils.translation import gettext_lazy as _

from erp.core import sandbox
from erp.core.errors import DomainError, Refusals
from erp.core.filetypes import JPEG
from erp.documents.drawing import Damaged
from erp.documents.serving import drawn
from erp.layouts.models import Layout
from erp.layouts.saving import checked
from erp.layouts.values import FIELDS, Kind, Look, Shown
from erp.web.pages import id_or_none

PREVIEW_WIDTH: Final = 1000  # pixels across a page
#: What says nothing of a paper: letters have columns of their own, annual accounts no address.
_IDLE: Final = {Kind.LETTER: {"columns"}, Kind.ANNUAL: {"columns", "sender_line"}}
_WIDTHS: Final = {"font": "w6", "size": "w6", "accent": "w6", "lines": "w6", "logo_place": "w6",
                  "logo_width": "w6"}  # fmt: skip


class LayoutForm(forms.ModelForm):
    """The layout of a kind of paper: what says something of it."""

    columns = forms.MultipleChoiceField(
        label=_("Columns beside text and amount"), choices=Shown.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Several VAT rates are told on each line, and a discount without a column below its text."),
    )  # fmt: skip

    class Meta:
        model = Layout
        fields = ("accent", "font", "size", "lines", "logo_place", "logo_width", "columns",
                  "sender_line", "letterhead")  # fmt: skip
        widgets = {"accent": forms.TextInput({"type": "color"})}  # noqa: RUF012
        help_texts = {  # noqa: RUF012
            "letterhead": _("Neither logo, sender nor foot is printed; the UID stands beside the address. "
                            "What goes out by mail lacks them, too."),
        }  # fmt: skip

    def __init__(self, *args: Any, kind: str, look: Look, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": look.told(), "auto_id": "layout_%s"} | kwargs)
        for name in _IDLE.get(Kind(kind), set()):
            del self.fields[name]
        for name, field in self.fields.items():
            field.width = _WIDTHS.get(name, "w12")  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        """The act decides, in words of its own."""


def asked_look(query: QueryDict, base: Look, *, kind: str) -> Look:
    """The layout that an address asks for as the form sends it; ``base`` where it names none.

    Raises what ``erp.layouts.saving.checked`` raises.
    """
    if "accent" not in query:
        return base
    told: dict[str, Any] = {name: query.get(name, "")[:20] for name in FIELDS}
    told |= {
        "columns": tuple(query.getlist("columns")),
        "logo_width": id_or_none(query.get("logo_width")) or 0,
        "sender_line": "sender_line" in query, "letterhead": "letterhead" in query,
    }  # fmt: skip
    for name in _IDLE.get(Kind(kind), set()):
        del told[name]
    return checked(replace(base, **told))


def pictured(pdf: bytes, nth: str) -> HttpResponse:
    """A page of a PDF file of our own as a picture, from 1; answers 404 where there is none."""
    try:
        picture = sandbox.call("erp.documents.drawing:page", pdf, nth=id_or_none(nth) or 0,
                               width=PREVIEW_WIDTH)  # fmt: skip
    except Damaged:
        raise Http404 from None
    response = drawn(picture, JPEG)
    response["Cache-Control"] = "no-store"
    return response


def not_pictured(refusal: DomainError) -> JsonResponse:
    """Why there is no picture, as a script shows it."""
    found = refusal.refusals if isinstance(refusal, Refusals) else [refusal]
    return JsonResponse({"errors": [{"field": one.place, "message": str(one)} for one in found]},
                        status=422)  # fmt: skip
