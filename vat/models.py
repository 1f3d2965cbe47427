"""Table of contents: the tables of VAT's rooms."""

from vat.codes.models import VatActivity, VatCode, VatRate, VatSettings
from vat.settings.models import ActivityAccount

__all__ = ["ActivityAccount", "VatActivity", "VatCode", "VatRate", "VatSettings"]
