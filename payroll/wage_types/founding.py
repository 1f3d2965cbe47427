"""A company's wage types at first (Lohnarten gründen)."""

from __future__ import annotations

from django.db import transaction

from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from payroll.wage_types.models import WageType
from payroll.wage_types.shipped import shipped_types


@transaction.atomic
def found_types(*, company: Company, by: User) -> int:
    """Give a company the shipped wage types it does not have yet; returns how many were added.

    It may run again at any time: what is there stays as it is, own types with the number of a
    shipped one included. A role that one of the company's types has already is left to it.
    """
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    there = dict(WageType.of(company).values_list("number", "role"))
    taken = set(there.values()) - {""}
    new = []
    for shipped in shipped_types().values():
        if shipped.number in there:
            continue
        row = WageType(company=company, number=shipped.number, is_shipped=True, **shipped.values)
        if row.role in taken:
            row.role = ""
        new.append(row)
    if new:
        WageType.unscoped.bulk_create(new)
        trail.record(company=company, by=by, action="wage_types.found",
                     details={"count": len(new)})  # fmt: skip
    return len(new)
