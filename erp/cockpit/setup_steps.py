"""How far the guided set-up of a company is (Einrichtung): seen in its data, kept nowhere else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounting.banking.models import BankAccount
from accounting.ledger.models import Account, FiscalYear, JournalEntry
from erp.access.firms.models import Mandate
from erp.access.gate import Access
from erp.access.models import Invitation, Membership
from erp.access.permissions import Permission
from erp.companies.models import Company, Module, SetupStep
from erp.core import clock
from erp.core.display import swiss_date
from erp.core.identifiers import format_iban, format_uid
from erp.layouts.models import Layout
from payroll.setup import readiness
from vat.codes.models import VatActivity, VatSettings

_Method = VatSettings.Method
#: Methods whose tax is reckoned with granted rates (MWSTG Art. 37).
_GRANTED: Final = frozenset({_Method.NET_TAX_RATE, _Method.FLAT_RATE})


class State(StrEnum):
    """Done; still missing; missing and set aside by somebody."""

    DONE = "done"
    OPEN = "open"
    ASIDE = "aside"


@dataclass(frozen=True, slots=True)
class Place:
    """A page where a step is done, and the right that it needs."""

    label: Any
    address: str
    right: Permission


@dataclass(frozen=True, slots=True)
class Step:
    """A step as it is now: what holds, what is missing, and where it is done."""

    code: SetupStep
    state: State
    holds: str
    missing: tuple[str, ...]
    places: tuple[Place, ...]

    @property
    def title(self) -> str:
        return str(self.code.label)


#: Where each step is done; the first page is the one that it opens.
PLACES: Final[Mapping[SetupStep, tuple[Place, ...]]] = {
    SetupStep.COMPANY: (
        Place(gettext_lazy("Company"), "company-settings", Permission.COMPANY_READ),
        Place(gettext_lazy("Fiscal years"), "fiscal-years", Permission.LEDGER_READ),
        Place(gettext_lazy("Accounts"), "accounts", Permission.LEDGER_READ),
        Place(gettext_lazy("Import accounts"), "account-import", Permission.CHART_CHANGE),
    ),
    SetupStep.VAT: (
        Place(gettext_lazy("VAT"), "vat-settings", Permission.VAT_READ),
        Place(gettext_lazy("Granted activities"), "vat-activities", Permission.VAT_READ),
    ),
    SetupStep.BANK: (
        Place(gettext_lazy("Bank accounts"), "bank-accounts", Permission.BANKING_READ),
    ),
    SetupStep.LAYOUT: (
        Place(gettext_lazy("Layout of papers"), "layout", Permission.COMPANY_READ),
        Place(gettext_lazy("Logo"), "company-settings", Permission.COMPANY_READ),
    ),
    SetupStep.PAYROLL: (
        Place(gettext_lazy("Start of payroll"), "payroll-start", Permission.PAYROLL_READ),
    ),
    SetupStep.PEOPLE: (
        Place(gettext_lazy("Access"), "members", Permission.MEMBERS_READ),
        Place(gettext_lazy("Fiduciary"), "mandates", Permission.MEMBERS_READ),
    ),
    SetupStep.OPENING: (
        Place(gettext_lazy("Import journal"), "journal-import", Permission.LEDGER_IMPORT),
        Place(gettext_lazy("Take over open items"), "open-import", Permission.LEDGER_IMPORT),
        Place(gettext_lazy("Enter"), "entry-post", Permission.LEDGER_DRAFT),
    ),
}  # fmt: skip
#: Pages that lead on from a step's pages, and belong to it all the same.
_WITHIN: Final[dict[str, SetupStep]] = {
    "bank-account": SetupStep.BANK,
    "vat-activity": SetupStep.VAT,
    "payroll-settings": SetupStep.PAYROLL,
    "payroll-accounts": SetupStep.PAYROLL,
    "institutions": SetupStep.PAYROLL,
    "institution": SetupStep.PAYROLL,
}
#: Whose page it is; where two steps have one, the first of them.
STEP_OF: Final[Mapping[str, SetupStep]] = _WITHIN | {
    place.address: step for step in reversed(SetupStep) for place in PLACES[step]
}


#: The rights to see what a step tells of what is there, and of what is missing but for that it is.
_TOLD: Final[Mapping[SetupStep, tuple[Permission, ...]]] = {
    SetupStep.COMPANY: (Permission.COMPANY_READ, Permission.LEDGER_READ),
    SetupStep.VAT: (Permission.VAT_READ, Permission.COMPANY_READ),
    SetupStep.BANK: (Permission.BANKING_READ,),
    SetupStep.LAYOUT: (Permission.COMPANY_READ,),
    SetupStep.PAYROLL: (Permission.PAYROLL_READ,),
    SetupStep.PEOPLE: (Permission.MEMBERS_READ,),
    SetupStep.OPENING: (Permission.LEDGER_READ,),
}


def steps(access: Access) -> list[Step]:
    """All steps in their order, with the pages that may be opened. A fixed number of queries.

    Who may not see what a step is about learns whether it is done, and nothing of it.
    """
    company = access.company
    found = []
    for code in SetupStep:
        holds, missing = _SEEN[code](company)
        aside = code not in company.setup_steps
        state = State.DONE if not missing else State.ASIDE if aside else State.OPEN
        if not all(access.may(one) or not access.uses(one.module) for one in _TOLD[code]):
            holds, missing = "", [_("This is not done yet.")] if missing else []
        places = tuple(one for one in PLACES[code] if access.may(one.right))
        places = places or PLACES[SetupStep.COMPANY][:1]  # where its module is switched on
        found.append(Step(code, state, holds, tuple(missing), places))
    return found


def waiting(access: Access) -> list[Step]:
    """The steps that somebody who may change the company is still asked for; none once it is over."""
    if not access.company.setup_steps or not access.may(Permission.COMPANY_CHANGE):
        return []
    return [step for step in steps(access) if step.state == State.OPEN]


_Seen = tuple[str, list[str]]


def _company(company: Company) -> _Seen:
    missing = []
    if not (company.street and company.postcode and company.town):
        missing.append(_("The address is missing; invoices and QR-bills need it."))
    year = FiscalYear.of(company).order_by("start").first()
    if year is None:
        missing.append(_("No fiscal year is open."))
        return company.name, missing
    accounts = Account.of(company).count()
    told = _("%(form)s, first fiscal year %(start)s to %(end)s, %(accounts)s accounts")
    return told % {
        "form": company.get_legal_form_display(), "start": swiss_date(year.start),
        "end": swiss_date(year.end), "accounts": accounts,
    }, missing  # fmt: skip


def _vat(company: Company) -> _Seen:
    rows = list(VatSettings.of(company).order_by("valid_from"))
    today = clock.today()
    holds = next(
        (one for one in reversed(rows) if one.valid_from <= today), rows[0] if rows else None
    )
    if not company.uses(Module.VAT):
        return _("The module is off."), []
    if holds is None:
        return "", [_("Say how VAT is settled, or that the company is not liable.")]
    if holds.method == _Method.NOT_LIABLE:
        return _("not liable for VAT, since %s") % swiss_date(holds.valid_from), []
    missing = []
    if not company.uid:
        missing.append(
            _("The UID is missing: it is the VAT number that stands on invoices and returns.")
        )
    if holds.method in _GRANTED and not _granted(company, max(today, holds.valid_from)):
        missing.append(
            _("Enter the activities with the rates that the tax administration granted.")
        )
    told = [company.uid and _("%s MWST") % format_uid(company.uid), holds.get_method_display(),
            holds.get_basis_display(), holds.get_interval_display(),
            _("since %s") % swiss_date(holds.valid_from)]  # fmt: skip
    return ", ".join(part for part in told if part), missing


def _granted(company: Company, day: dt.date) -> bool:
    running = VatActivity.of(company).filter(valid_from__lte=day)
    return running.filter(Q(valid_to=None) | Q(valid_to__gte=day)).exists()


def _bank(company: Company) -> _Seen:
    if not company.uses(Module.BANKING):
        return _("The module is off."), []
    found = [
        format_iban(one.qr_iban or one.iban) for one in BankAccount.of(company).order_by("pk")[:3]
    ]
    if not found:
        return "", [_("Enter the IBAN that customers pay to and statements come from.")]
    return ", ".join(found), []


def _layout(company: Company) -> _Seen:
    if company.logo_digest:
        return _("with a logo"), []
    if Layout.of(company).exists():
        return _("with a layout of its own"), []
    return "", [_("Papers go out without a logo, in the usual layout.")]


def _payroll(company: Company) -> _Seen:
    if not company.uses(Module.PAYROLL):
        return _("The module is off. Switch it on under Company, if wages are paid."), []
    lacks = [one for one in readiness.steps(company, clock.today())
             if one.state == readiness.State.MISSING]  # fmt: skip
    if not lacks:
        return _("ready for the first run"), []
    told = ngettext("%s step stands in the way of the first run.",
                    "%s steps stand in the way of the first run.", len(lacks))  # fmt: skip
    return "", [told % len(lacks)]


def _people(company: Company) -> _Seen:
    members = Membership.of(company).values("user").distinct().count()
    invited = Invitation.of(company).filter(
        accepted_at=None, withdrawn_at=None, expires_at__gt=clock.now()
    ).count()  # fmt: skip
    firms = Mandate.of(company).filter(ended_at=None).values_list("firm__name", flat=True)
    told = [ngettext("%s person", "%s people", members) % members]
    if invited:
        told.append(ngettext("%s invited", "%s invited", invited) % invited)
    told += firms
    if members > 1 or invited or len(told) > 1:
        return ", ".join(told), []
    return told[0], [_("You are alone. Invite who works here, and give your fiduciary a mandate.")]


def _opening(company: Company) -> _Seen:
    taken = JournalEntry.of(company).filter(kind=JournalEntry.Kind.OPENING, number__isnull=False)
    if first := taken.order_by("date", "pk").first():
        return _("taken over as of %s") % swiss_date(first.date), []
    return "", [
        _("Bring the balances of the old books. A company that has just begun sets this aside.")
    ]


_SEEN: Final[Mapping[SetupStep, Callable[[Company], _Seen]]] = {
    SetupStep.COMPANY: _company,
    SetupStep.VAT: _vat,
    SetupStep.BANK: _bank,
    SetupStep.LAYOUT: _layout,
    SetupStep.PAYROLL: _payroll,
    SetupStep.PEOPLE: _people,
    SetupStep.OPENING: _opening,
}
