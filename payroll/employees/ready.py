"""What people lack before the first run (fehlende Angaben vor dem Start): steps of the guided start."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from erp.companies.models import Company
from payroll.employees import missing, people
from payroll.employees.facts import Wage, WithholdingTax
from payroll.employees.people import PersonFile
from payroll.rates import tariffs
from payroll.setup.models import Institution
from payroll.setup.readiness import State, Step, further
from payroll.wages.spans import month_end

#: Codes that a canton's tariff is looked up for.
_BY_TARIFF: Final = re.compile(r"[A-Z][0-9][YN]", re.ASCII)
_MOST_NAMED: Final = 5


def steps_of(company: Company, on: dt.date) -> Iterator[Step]:
    """Steps about the people employed in the month of ``on``: seven queries, whatever their number."""
    month = on.replace(day=1)
    files = [one for one in people.files(company, month) if one.employed(month, month_end(month))]
    yield _people(files, month)
    yield _funds(company, files, on)
    yield _tariffs(files, month)


def register() -> None:
    """Tell the guided start; in ``AppConfig.ready``."""
    further.append(steps_of)


def _people(files: Sequence[PersonFile], month: dt.date) -> Step:
    title = _("People with all that a wage needs")
    if not files:
        told = _("Add the people who are paid, or import them.")
        return Step("people", title, State.LATER, told, "employees")
    lacks = {one.id: missing.before_run(one, month) for one in files}
    stopped = [one for one in files if any(found.stops for found in lacks[one.id])]
    warned = [one for one in files if lacks[one.id] and one not in stopped]
    if not stopped and not warned:
        return Step("people", title, State.DONE, "", "employees")
    named = stopped or warned
    told = ngettext("Something is missing of %(count)s person: %(names)s.",
                    "Something is missing of %(count)s people: %(names)s.", len(named)) % {
        "count": len(named), "names": _names(named),
    }  # fmt: skip
    state = State.MISSING if stopped else State.LATER
    if len(named) == 1:
        return Step("people", title, state, told, "employee", named[0].id)
    return Step("people", title, state, told, "employees")


def _names(files: Sequence[PersonFile]) -> str:
    names = [one.name for one in files[:_MOST_NAMED]]
    return ", ".join(names) + (" …" if len(files) > _MOST_NAMED else "")


def _funds(company: Company, files: Sequence[PersonFile], on: dt.date) -> Step:
    """A family allowance fund for each canton of work."""
    last = month_end(on)
    held = (one.at(Wage, last) for one in files)
    worked = {wage.canton for wage in held if wage is not None and wage.canton}
    funds = Institution.of(company).filter(kind=Institution.Kind.FAK).exclude(active_until__lt=on)
    lacks = sorted(worked - set(funds.values_list("canton", flat=True)))
    told = _("Somebody works in %s, and there is no family allowance fund for it. Add it.")
    return Step(
        "fak_cantons", _("Family allowance funds of all cantons of work"),
        State.MISSING if lacks else State.DONE, told % ", ".join(lacks) if lacks else "", "institutions",
    )  # fmt: skip


def _tariffs(files: Sequence[PersonFile], month: dt.date) -> Step:
    last = month_end(month)
    title = _("Withholding-tax tariffs of %s") % month.year
    needed = {
        tax.canton for one in files
        if (tax := one.at(WithholdingTax, last)) is not None and _BY_TARIFF.fullmatch(tax.code)
    }  # fmt: skip
    if not needed:
        return Step("tariffs", title, State.DONE, "", "payroll-tariffs")
    loaded = {one.canton for one in tariffs.loaded_for(month.year) if one.edition_date is not None}
    lacks = sorted(needed - loaded)
    told = _(
        "The tariff of %s is not loaded, and somebody is taxed by it. Load it under “Reference data”."
    )
    return Step("tariffs", title, State.MISSING if lacks else State.DONE,
                told % ", ".join(lacks) if lacks else "", "payroll-tariffs")  # fmt: skip
