"""Table of contents: the tables of VAT's rooms."""

from vat.codes.models import VatActivity, VatCode, VatRate, VatSettings

__all__ = ["VatActivity", "VatCode", "VatRate", "VatSettings"]
