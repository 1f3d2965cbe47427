"""Table of contents: the tables of VAT's rooms."""

from vat.codes.models import VatActivity, VatCode, VatRate, VatSettings
from vat.returns.models import TaxOffice, VatReturn

__all__ = ["TaxOffice", "VatActivity", "VatCode", "VatRate", "VatReturn", "VatSettings"]
