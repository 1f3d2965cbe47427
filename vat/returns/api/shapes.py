"""What endpoints of VAT returns tell."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from erp.api.inputs import AmountField
from vat.returns import checks
from vat.returns.addressing import computed_of
from vat.returns.api.form_shapes import VatFormOutput
from vat.returns.boxes import amount_of, form_order, label
from vat.returns.computing import Computed
from vat.returns.entries import EntryRow
from vat.returns.form import RateRow
from vat.returns.models import TaxOffice, VatReturn
from vat.returns.queries import Row
from vat.returns.showing import brought_boxes, totals


class VatPeriodOutput(serializers.Serializer[Any]):
    """A period, or a correction or reconciliation; ``key`` addresses it."""

    key = serializers.CharField()
    kind = serializers.SerializerMethodField()
    name = serializers.CharField(source="period.name")
    start = serializers.DateField(source="period.start")
    end = serializers.DateField(source="period.end")
    method = serializers.CharField(source="period.method")
    basis = serializers.CharField(source="period.basis")
    interval = serializers.CharField(source="period.interval")
    state = serializers.CharField(help_text="open, draft, checked, filed or settled")
    elsewhere = serializers.SerializerMethodField(help_text="filed with another program")
    due_date = serializers.DateField(source="due")
    payable = serializers.SerializerMethodField(help_text="of a filed return; minus is a credit")
    reference = serializers.SerializerMethodField()
    filed_at = serializers.SerializerMethodField()
    entry = serializers.SerializerMethodField(help_text="id of the entry that posted it")

    def get_kind(self, row: Row) -> str:
        return VatReturn.Kind(row.kind).name.lower()

    def get_elsewhere(self, row: Row) -> bool:
        return bool(row.stored and row.stored.elsewhere)

    def get_payable(self, row: Row) -> str | None:
        known = row.stored is not None and row.stored.payable is not None
        return f"{row.stored.payable:.2f}" if known and row.stored else None

    def get_reference(self, row: Row) -> str:
        return row.stored.reference if row.stored else ""

    def get_filed_at(self, row: Row) -> str | None:
        at = row.stored.filed_at if row.stored else None
        return at.isoformat() if at else None

    def get_entry(self, row: Row) -> int | None:
        return row.stored.entry_id if row.stored else None


class VatReturnOutput(VatPeriodOutput):
    """A return with its form, the sums by code that it is made of, and what speaks against it."""

    note_280 = serializers.SerializerMethodField()
    form = serializers.SerializerMethodField()

    def get_note_280(self, row: Row) -> str:
        return row.stored.note_280 if row.stored else ""

    @extend_schema_field(VatFormOutput(allow_null=True))
    def get_form(self, row: Row) -> dict[str, Any] | None:
        """Null where another program filed it."""
        found = computed_of(self.context["company"], row)
        return _form(row, found) if found is not None else None


def _form(row: Row, found: Computed) -> dict[str, Any]:
    told, language = found.declaration, (get_language() or "de")[:2]
    open_one = row.stored if row.stored and not row.stored.is_filed else None
    return {
        "boxes": [
            {"box": box.number, "label": label(box.number, told.method, language),
             "amount": _amount(amount_of(told, box))}
            for box in form_order(told.method, told.end) if box.number.isdigit()
            and (box.number in told.boxes or box.kind in {"total", "payable", "claim"})
        ],
        "totals": {box: _amount(amount) for box, amount in totals(told).items()},
        "supplies": [_row(one) for one in told.supplies],
        "acquisitions": [_row(one) for one in told.acquisitions],
        "sums": [
            {"code": one.code, "rate": _amount(one.rate), "activity": one.activity,
             "granted": None if one.granted is None else _amount(one.granted), "old": one.old,
             **{name: _amount(getattr(one, name)) for name in ("net", "gross", "tax", "owed")},
             "boxes": {box: _amount(amount) for box, amount in brought_boxes(found, one).items()}}
            for one in found.sums
        ],
        "payable": _amount(told.payable), "booked": _amount(found.booked),
        "difference": _amount(found.difference),
        "findings": [
            {"code": one.code, "text": str(one.text), "is_error": one.is_error, "is_info": one.is_info,
             "link": one.link, "amount": one.amount}
            for one in (checks.run(open_one, found) if open_one else ())
        ],
    }  # fmt: skip


def _row(one: RateRow) -> dict[str, str]:
    return {"box": one.box, "activity": one.activity, "name": one.name, "rate": _amount(one.rate),
            "turnover": _amount(one.turnover), "tax": _amount(one.tax)}  # fmt: skip


def _amount(amount: Any) -> str:
    return f"{amount:.2f}"


class VatEntryOutput(serializers.Serializer[EntryRow]):
    """An entry that counts; ``document`` is the entry that it settled under received consideration."""

    entry = serializers.IntegerField(source="piece.entry")
    number = serializers.IntegerField(source="piece.number")
    date = serializers.DateField(source="piece.date")
    supply_date = serializers.DateField(source="piece.supply_date")
    text = serializers.CharField(source="piece.text")
    voucher = serializers.CharField(source="piece.voucher")
    document = serializers.IntegerField(source="piece.document", allow_null=True)
    rate = AmountField(source="piece.rate")
    net = AmountField()
    tax = AmountField()
    gross = AmountField()
    so_far = AmountField(help_text="the measure added up to here")


class VatEntriesOutput(serializers.Serializer[Any]):
    """A page of entries; ``after`` asks for the next one, and is blank on the last."""

    code = serializers.CharField(source="code.code")
    measure = serializers.CharField(help_text="net, tax or gross: what the box takes")
    net = AmountField()
    tax = AmountField()
    gross = AmountField()
    total = AmountField()
    results = VatEntryOutput(source="rows", many=True)
    after = serializers.CharField(allow_blank=True)


class TaxOfficeOutput(serializers.ModelSerializer[TaxOffice]):
    class Meta:
        model = TaxOffice
        fields = ("contact", "differences")
