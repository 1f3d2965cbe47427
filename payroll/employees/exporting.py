"""Employees to take along (Mitarbeitende exportieren): what a file of the import has, as of a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext as _

from erp.companies.models import Company
from erp.core.display import swiss_date
from erp.own_fields.lists import cells, fields_of, heads
from erp.own_fields.models import OwnField
from erp.web.export import Table, table
from payroll.employees.columns import FACTS, facts_heads
from payroll.employees.facts import KINDS, SEVERAL
from payroll.employees.fields import KINDS as SHOWN
from payroll.employees.models import Employee
from payroll.employees.people import PersonFile, filled
from payroll.employees.queries import line_of, listing
from payroll.employees.reading import as_typed

HEAD: Final = ("number", "name", "place", "entry", "exit", "function", "birth_date", "sex",
               "nationality")  # fmt: skip


def listed_table(
    company: Company, *, on: dt.date, state: str, search: str, with_ahv: bool
) -> tuple[Table, int]:
    """Those of the list by name, to be taken along, and how many they are."""
    found = listing(company, on=on, state=state, search=search)
    files = filled(found.order_by("contact__sort_name", "pk"), on=on)
    made = table_of(files, on=on, with_ahv=with_ahv, own=fields_of(company, Employee.OWN_FIELDS),
                    own_values=dict(found.values_list("pk", "own_values")))  # fmt: skip
    return made, len(files)


def table_of(
    files: Sequence[PersonFile], *, on: dt.date, with_ahv: bool,
    own: Sequence[OwnField] = (), own_values: dict[int, dict[str, Any]] | None = None,
) -> Table:  # fmt: skip
    """A row per person, terms as of a day; of who has left, of their last one."""
    names = [*HEAD, *(["ahv_number"] if with_ahv else []), *facts_heads(), *heads(own)]
    rows = []
    for file in files:
        line = line_of(file, on)
        period, told = line.period, file.personal
        row: list[Any] = [
            file.number, file.name, file.place, period and period.entry, period and period.exit,
            period.function if period else "", told.birth_date, told.sex.value, told.nationality,
        ]  # fmt: skip
        row += [told.ahv_number] if with_ahv else []
        row += _facts(file, on)
        row += cells(own, (own_values or {}).get(file.id, {}))
        rows.append(row)
    return table(title=_("Employees"), subtitle=swiss_date(on), head=names, rows=rows,
                 name="employees", wide=True)  # fmt: skip


def _facts(file: PersonFile, on: dt.date) -> list[str]:
    found: list[str] = []
    for name, fields in FACTS.items():
        assert name not in SEVERAL
        value = file.at(KINDS[name], on)
        typed = as_typed(value, SHOWN[name].fields) if value is not None else {}
        for field in fields:
            text = typed.get(field, "")
            if value is not None and getattr(value, field, None) is False:
                text = "0"  # a blank cell would be read as what holds where nothing is said
            if field == "iban":
                shares = typed.get("shares") or []
                text = shares[-1]["iban"] if shares else ""
            found.append(", ".join(text) if isinstance(text, list) else text)
    return found
