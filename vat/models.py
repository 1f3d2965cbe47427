"""Table of contents: the tables of VAT's rooms."""

from vat.codes.models import VatActivity, VatCode, VatRate, VatSettings
from vat.returns.models import TaxOffice, VatInstalment, VatReturn
from vat.settings.models import ActivityAccount

__all__ = [
    "ActivityAccount",
    "TaxOffice",
    "VatActivity",
    "VatCode",
    "VatInstalment",
    "VatRate",
    "VatReturn",
    "VatSettings",
]
