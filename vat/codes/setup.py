"""Codes for a new company."""

from __future__ import annotations

from django.db import transaction

from erp.companies.models import Company
from vat.codes.catalogue import catalogue
from vat.codes.models import VatCode


@transaction.atomic
def set_up_codes(*, company: Company) -> None:
    """Copy the catalogue of Swiss codes into a new company."""
    VatCode.unscoped.bulk_create(
        VatCode(
            company=company, code=entry.code, catalogue_code=entry.code, kind=entry.kind,
            rate_class=entry.rate_class, position=position, **entry.names,
        )
        for position, entry in enumerate(catalogue().values(), 1)
    )  # fmt: skip
