"""How VAT is settled: method, basis and interval with the days they hold from, granted activities."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounting.procedure.values import Asked, Content, Table, label, shown
from erp.access.permissions import Permission
from vat.codes.models import VatActivity, VatCode, VatSettings


def vat(asked: Asked) -> Content:
    """Settings and activities in time, and how many codes there are; three queries."""
    if not asked.may(Permission.VAT_READ):
        return Content(withheld=(Permission.VAT_READ,))
    names = ("valid_from", "method", "basis", "interval", "rate_method", "round_down")
    settings = VatSettings.of(asked.company).order_by("valid_from")
    activity = ("activity_code", "name", "percent", "valid_from", "valid_to")
    activities = VatActivity.of(asked.company).order_by("activity_code", "valid_from")
    return Content(
        ((_("VAT codes"), str(VatCode.of(asked.company).count())),),
        (
            Table(_("Settlement of VAT"), tuple(label(VatSettings, one) for one in names),
                  tuple(tuple(shown(one, name) for name in names) for one in settings)),
            Table(_("Granted activities"), tuple(label(VatActivity, one) for one in activity),
                  tuple(tuple(shown(one, name) for name in activity) for one in activities)),
        ),
    )  # fmt: skip
