"""Who acts on a company's returns holds them: one act at a time."""

from __future__ import annotations

from django.db import connection

from vat.returns.models import VatReturn


def alone(company: int) -> None:
    """One act on a company's returns at a time: what is declared must not be declared twice."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('vat-returns', %s))", [company]
        )


def held(one: VatReturn) -> VatReturn:
    """The return as it is now, held until the transaction ends.

    Its entry is read afterwards: joined to the lock, it would be as it was before the wait.
    """
    alone(one.company_id)
    rows = VatReturn.of(one.company_id).select_for_update(of=("self",))
    found: VatReturn = rows.select_related("company").get(pk=one.pk)
    return found
