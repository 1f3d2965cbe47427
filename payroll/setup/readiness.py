"""What is missing before the first run (Was noch fehlt): steps in their order, with where to go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext as _

from erp.companies.models import Company
from erp.core.display import swiss_date
from payroll.rates import figures, own
from payroll.rates.catalogue import FIGURES, label
from payroll.setup import accounts
from payroll.setup.book import Book, Offer
from payroll.setup.models import Institution, PayrollSettings, SolutionRate
from payroll.wage_types.models import WageType

Kind = Institution.Kind
Insures = SolutionRate.Insures


class State(StrEnum):
    """Whether a step is done, may wait or is optional, or stands in the way."""

    DONE = "good"
    LATER = "warn"
    MISSING = "bad"


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the guided start; ``address`` is the name of the page where it is done."""

    code: str
    title: str
    state: State
    told: str = ""
    address: str = ""
    target: int | None = None


#: Rooms above add steps of their own, such as people and tariffs.
further: Final = list[Callable[[Company, dt.date], Iterator[Step]]]()


def steps(company: Company, on: dt.date) -> list[Step]:
    """All steps for wages of the month of ``on``, in the order they are best done. A fixed number of queries."""
    book = Book.of(company, on.year)
    found = [
        _company(company), _settings(company), _figures(company, on), _types(company),
        *_accounts(company, on),
        _fund(company, book, on), _families(book, on), *_insurances(book, on), *_old(book, on),
    ]  # fmt: skip
    return [*found, *(step for more in further for step in more(company, on))]


def is_ready(found: list[Step]) -> bool:
    """Whether nothing stands in the way of a run."""
    return all(step.state != State.MISSING for step in found)


def _step(code: str, title: str, fine: bool, told: str, address: str = "", *,
          later: bool = False, target: int | None = None) -> Step:  # fmt: skip
    state = State.DONE if fine else State.LATER if later else State.MISSING
    return Step(code, title, state, "" if fine else told, address, target)


def _company(company: Company) -> Step:
    fine = bool(company.uid and company.street and company.postcode and company.town)
    told = _("UID or address is missing. They stand on slips, certificates and declarations.")
    return _step(
        "company", _("Company with UID and address"), fine, told, "company-settings", later=True
    )


def _settings(company: Company) -> Step:
    fine = PayrollSettings.of(company).exists()
    told = _(
        "Hours a week, day of payment and rounding are the usual ones. Look at them once, and save."
    )
    return _step("settings", _("Payroll settings"), fine, told, "payroll-settings", later=True)


def _figures(company: Company, on: dt.date) -> Step:
    """Figures of law that the program does not know: what every wage needs stands in the way."""
    lacks = figures.missing_on(on, own=own.figures_of(company))
    told = _(
        "Not known for %(day)s: %(figures)s. Enter them with their source, as soon as they are published."
    )
    return _step(
        "figures", _("Figures of law"), not lacks,
        told % {"day": swiss_date(on), "figures": "; ".join(label(key) for key in lacks)},
        "payroll-figures", later=not any(FIGURES[key].is_needed for key in lacks),
    )  # fmt: skip


def _types(company: Company) -> Step:
    needed = set(WageType.Role.values) - {"", WageType.Role.BALANCE_CAR}
    lacks = needed - set(WageType.of(company).exclude(role="").values_list("role", flat=True))
    told = _("There is no wage type for: %s. Add the shipped ones.") % ", ".join(
        sorted(str(WageType.Role(role).label) for role in lacks)
    )
    return _step("wage_types", _("Wage types"), not lacks, told, "wage-types")


def _accounts(company: Company, on: dt.date) -> Iterator[Step]:
    lacks = accounts.missing(accounts.plan_of(company, on))
    yield _step("accounts", _("Accounts of wages, contributions and clearing"), not lacks,
                " ".join(str(one) for one in lacks[:3]), "payroll-accounts")  # fmt: skip


def _fund(company: Company, book: Book, on: dt.date) -> Step:
    title = _("Compensation fund with administration costs")
    rows = [
        one for one in book.insurers if one.kind == Kind.AHV and _is_active(one.active_until, on)
    ]
    if not rows:
        return _step("ahv", title, False, _("Add the compensation fund (AHV)."), "institutions")
    if not Institution.of(company).filter(pk=rows[0].id).exclude(member_number="").exists():
        told = _("The member number of the compensation fund is missing.")
        return _step("ahv", title, False, told, "institution", later=True, target=rows[0].id)
    told = _("Enter what the fund charges for its administration, in percent of the contributions.")
    has = _has(book.offers_of(Kind.AHV), Insures.ADMIN, on)
    return _step("ahv", title, has, told, "institution", later=True, target=rows[0].id)


def _families(book: Book, on: dt.date) -> Step:
    told = _("Add a family allowance fund for each canton of work, with its percentage.")
    has = _has(book.offers_of(Kind.FAK), Insures.FAK, on)
    return _step("fak", _("Family allowance fund"), has, told, "institutions")


def _insurances(book: Book, on: dt.date) -> Iterator[Step]:
    uvg = book.offers_of(Kind.UVG)
    has = _has(uvg, Insures.BU, on) and _has(uvg, Insures.NBU, on)
    told = _("Add the accident insurance with a solution such as A1 and its rates for BU and NBU.")
    yield _step("uvg", _("Accident insurance (UVG)"), has, told, "institutions")
    told = _("Add the pension fund, if somebody earns more than the threshold of the BVG.")
    yield _step("bvg", _("Pension fund (BVG)"), bool(book.offers_of(Kind.BVG)), told, "institutions",
                later=True)  # fmt: skip
    told = _("Add the daily sickness allowance insurance, if there is one.")
    has = _has(book.offers_of(Kind.KTG), Insures.KTG, on)
    yield _step("ktg", _("Daily sickness allowance"), has, told, "institutions", later=True)
    told = _("Add the tax office of the canton, if somebody is taxed at source.")
    has = any(one.kind == Kind.TAX for one in book.insurers)
    yield _step("tax", _("Withholding-tax office"), has, told, "institutions", later=True)


def _old(book: Book, on: dt.date) -> Iterator[Step]:
    """Insurers change their rates each 1 January: those of last year go on, but somebody should look."""
    old = [
        f"{offer.insurer.name} {offer.code}" for offer in book.offers.values()
        if any(rate.valid_from.year < on.year for rate in offer.on(on))
        and _is_active(offer.insurer.active_until, on)
    ]  # fmt: skip
    told = _("Rates of an earlier year still hold for: %s. Copy them to the new year, and change what the "
             "insurers announced.") % ", ".join(old)  # fmt: skip
    yield _step("rates", _("Rates of %s") % on.year, not old, told, "institutions", later=True)


def _has(offers: list[Offer], insures: str, on: dt.date) -> bool:
    return any(rate.insures == insures for offer in offers for rate in offer.on(on))


def _is_active(until: dt.date | None, on: dt.date) -> bool:
    return until is None or until >= on
