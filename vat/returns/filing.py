"""From draft to filed (Abrechnung prüfen und einreichen): checked, frozen, never changed again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max
from django.utils import translation

from accounting.ledger.models import LedgerHead
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import Refusals
from erp.documents.storing import keep
from vat.returns import checks, spans
from vat.returns.computing import Computed
from vat.returns.ech0217 import writing
from vat.returns.ech0217.head import Head
from vat.returns.errors import (
    ChangedSinceCheck,
    FiledAlready,
    FiledElsewhere,
    NotChecked,
    NotFiled,
    NotOver,
    PeriodsOpen,
    SwitchedSince,
    WarningsOpen,
)
from vat.returns.freezing import digest, frozen
from vat.returns.holding import alone, held
from vat.returns.models import TaxOffice, VatReturn
from vat.returns.paper import form_pdf
from vat.returns.periods import Reporting, period_name
from vat.returns.queries import computed, filed_returns, period_starting, reporting, switch_after
from vat.returns.rules import filing_deadline

Kind = VatReturn.Kind
State = VatReturn.State


@transaction.atomic
def begin(*, company: Company, start: dt.date, by: User) -> VatReturn:
    """The return of the period that begins on a day, taken up where somebody has begun it.

    An open one follows the settings as they are now. Raises ``NoSuchPeriod``.
    """
    alone(company.pk)
    found = VatReturn.of(company).select_for_update().filter(kind=Kind.FIRST, start=start).first()
    if found is not None and found.is_filed:
        return found
    period = period_starting(company, start)
    if found is None:
        return _begun(company, period, Kind.FIRST, by)
    for name, value in _settled_as(company, period, Kind.FIRST).items():
        setattr(found, name, value)
    found.save()
    return found


@transaction.atomic
def begin_correction(filed: VatReturn, *, by: User) -> VatReturn:
    """A correction return (Korrekturabrechnung) of a period whose return is filed.

    It follows the settings as they are now, which is how a wrong setting is put right; then it tells
    the whole period, whatever the tax office's settings say of differences. One that is open already
    is taken up. Raises ``NotFiled``, or ``SwitchedSince`` where a later return is filed that switched
    the basis: what comes late counts by the new one since. Of a return that was filed with another
    program the differences alone can be told: else ``FiledElsewhere``.
    """
    held(filed)
    if not filed.is_filed or filed.kind == Kind.RECONCILIATION:
        raise NotFiled(period=period_name(filed.start, filed.end))
    switch = switch_after(filed.end, filed_returns(filed.company))
    if switch is not None and switch.carried_by.end != filed.end:
        told = switch.carried_by
        raise SwitchedSince(period=period_name(told.start, told.end))
    rows = VatReturn.of(filed.company_id).filter(start=filed.start, end=filed.end)
    open_one = rows.filter(kind=Kind.CORRECTION).exclude(state=State.FILED).first()
    now = next(
        (one for one in reporting(filed.company, filed.start)
         if (one.start, one.end) == (filed.start, filed.end)), None,
    )  # fmt: skip
    period = now or Reporting(filed.start, filed.end, filed.method, filed.basis, filed.interval,
                              filed.uid, filed.round_down)  # fmt: skip
    if open_one is not None:
        return open_one
    office = TaxOffice.of(filed.company).first()
    same = (period.method, period.basis, period.next_basis) == (
        filed.method, filed.basis, filed.next_basis
    )  # fmt: skip
    differences = bool(office and office.differences and same)
    if not differences and rows.filter(elsewhere=True).exists():
        raise FiledElsewhere(period=period_name(filed.start, filed.end))
    return _begun(filed.company, period, Kind.CORRECTION, by, differences=differences)


@transaction.atomic
def begin_reconciliation(*, company: Company, start: dt.date, end: dt.date, by: User) -> VatReturn:
    """The annual reconciliation (Jahresabstimmung): what the returns of a year lack.

    It declares the differences (MWSTG Art. 72). Raises ``PeriodsOpen`` where a period of the year is
    not filed.
    """
    alone(company.pk)
    periods = [one for one in reporting(company, end) if start <= one.start and one.end <= end]
    filed = set(VatReturn.of(company).filter(kind=Kind.FIRST, state=State.FILED)
                .values_list("start", flat=True))  # fmt: skip
    missing = [one for one in periods if one.start not in filed]
    if missing or not periods:
        raise PeriodsOpen(periods=", ".join(one.name for one in missing) or period_name(start, end))
    rows = VatReturn.of(company).filter(kind=Kind.RECONCILIATION, start=start, end=end)
    open_one = rows.exclude(state=State.FILED).first()
    if open_one is not None:
        return open_one
    last = periods[-1]
    year = Reporting(
        start, end, last.method, last.basis, last.interval, last.group_uid, last.round_down
    )
    return _begun(company, year, Kind.RECONCILIATION, by, differences=True)


@transaction.atomic
def note(open_return: VatReturn, *, note_280: str, by: User) -> VatReturn:
    """Say what the deductions of box 280 are, at most 50 characters. Raises ``FiledAlready``."""
    current = _open(open_return)
    before = current.note_280
    current.note_280 = " ".join(note_280.split())[:50]
    if current.note_280 != before:
        current.state, current.checked_digest = State.DRAFT, ""
        current.save()
        trail.record(company=current.company, by=by, action="vat_return.note", subject=current,
                     details={"note_280": [before, current.note_280]})  # fmt: skip
    return current


@transaction.atomic
def check(open_return: VatReturn, *, by: User, accepted: Sequence[str] = ()) -> VatReturn:
    """Check a return (prüfen); what is wrong refuses it, what is odd is accepted by its code.

    Returns it as checked. Raises ``FiledAlready``, ``WarningsOpen``, or what the checks found.
    """
    current = _open(open_return)
    if current.kind == Kind.FIRST:
        current = begin(company=current.company, start=current.start, by=by)
    found = computed(current)
    results = checks.run(current, found)
    refused = [one for one in results if one.is_error]
    if refused:
        raise Refusals([one.refusal for one in refused])
    left = [one for one in results if one.code not in accepted and not one.is_info]
    if left:
        raise WarningsOpen(found=" ".join(str(one.text) for one in left))
    current.state, current.checked_at, current.checked_by = State.CHECKED, clock.now(), by
    current.checked_digest = digest(frozen(found))
    current.accepted = sorted({one.code for one in results})
    current.save()
    trail.record(company=current.company, by=by, action="vat_return.check", subject=current,
                 details=_told(current, found))  # fmt: skip
    return current


@transaction.atomic
def file(checked: VatReturn, *, by: User, today: dt.date) -> VatReturn:
    """Freeze a checked return, with the file for the tax portal and its PDF (einreichen).

    Somebody uploads the file; from now on the return never changes. What the portal would refuse was
    refused by ``check``, and the figures are those that were checked. Raises ``NotChecked``,
    ``NotOver``, ``ChangedSinceCheck`` or ``FiledAlready``.
    """
    current = _open(checked)
    name = period_name(current.start, current.end)
    if current.state != State.CHECKED:
        raise NotChecked(period=name)
    if today <= current.end:
        raise NotOver(end=current.end)
    place = LedgerHead.of(current.company).values_list("position", flat=True).first() or 0
    found = computed(current, until=place)
    figures = frozen(found)
    if digest(figures) != current.checked_digest:
        raise ChangedSinceCheck(period=name, payable=found.declaration.payable)
    moment, payable = clock.now(), found.declaration.payable
    current.spans, current.until_place = spans.stored(found.scope.spans), place
    current.switched_on, current.basis = found.scope.switched_on, found.scope.basis
    current.carried_place = found.scope.closing.place if found.scope.closing else None
    current.figures, current.payable = figures, payable
    current.reference = _reference(current)
    head = Head(current.uid, current.company.name, moment, current.kind, current.reference)
    current.xml = keep(
        company=current.company, by=by, name=f"{current.reference}.xml",
        content=writing.written(found.declaration, head), content_type="application/xml",
    )  # fmt: skip
    current.pdf = keep(
        company=current.company, by=by, name=f"{current.reference}.pdf", content_type="application/pdf",
        content=form_pdf(
            found.declaration, company=current.company.name, uid=current.uid,
            title=_title(current), filed=True, language=current.company.language,
        ),
    )  # fmt: skip
    current.state, current.filed_at, current.filed_by = State.FILED, moment, by
    current.save()
    trail.record(company=current.company, by=by, action="vat_return.file", subject=current,
                 details=_told(current, found))  # fmt: skip
    return current


@transaction.atomic
def filed_elsewhere(*, company: Company, start: dt.date, by: User) -> VatReturn:
    """Say that a period was filed with another program; what is posted so far counts as declared.

    Raises ``NoSuchPeriod`` or ``FiledAlready``.
    """
    found = begin(company=company, start=start, by=by)
    if found.is_filed:
        raise FiledAlready(period=period_name(found.start, found.end))
    place = LedgerHead.of(company).values_list("position", flat=True).first() or 0
    found.state, found.elsewhere, found.until_place = State.FILED, True, place
    found.filed_at, found.filed_by = clock.now(), by
    found.save()
    trail.record(company=company, by=by, action="vat_return.file_elsewhere", subject=found,
                 details={"start": found.start, "end": found.end})  # fmt: skip
    return found


@transaction.atomic
def discard(open_return: VatReturn, *, by: User) -> None:
    """Throw an open return away; its period is open as before. Raises ``FiledAlready``."""
    current = _open(open_return)
    trail.record(company=current.company, by=by, action="vat_return.discard", subject=current,
                 details={"start": current.start, "end": current.end, "kind": current.kind})  # fmt: skip
    current.delete()


def _begun(
    company: Company, period: Reporting, kind: int, by: User, *, differences: bool = False
) -> VatReturn:
    rows = VatReturn.of(company).filter(kind=kind, start=period.start, end=period.end)
    nth = (rows.aggregate(Max("nth"))["nth__max"] or 0) + 1
    one = VatReturn(
        company=company, kind=kind, start=period.start, nth=nth,
        differences=differences, created_at=clock.now(), created_by=by,
        **_settled_as(company, period, kind),
    )  # fmt: skip
    one.save()
    trail.record(company=company, by=by, action="vat_return.begin", subject=one,
                 details={"start": one.start, "end": one.end, "kind": one.kind})  # fmt: skip
    return one


def _settled_as(company: Company, period: Reporting, kind: int) -> dict[str, object]:
    return {
        "end": period.end, "method": period.method, "basis": period.basis,
        "interval": period.interval, "uid": period.group_uid or company.uid,
        "switched_on": period.start if period.switched and kind != Kind.RECONCILIATION else None,
        "next_basis": period.next_basis if kind != Kind.RECONCILIATION else "",
        "round_down": period.round_down, "due_date": filing_deadline(period.end),
    }  # fmt: skip


def _open(one: VatReturn) -> VatReturn:
    current = held(one)
    if current.is_filed:
        raise FiledAlready(period=period_name(current.start, current.end))
    return current


def _reference(one: VatReturn) -> str:
    """What the file calls itself: short name, period, kind and count."""
    days = f"{one.start:%Y%m%d}-{one.end:%Y%m%d}"
    return f"{one.company.short_name[:20]}-{days}-{one.kind}-{one.nth}"


def _title(one: VatReturn) -> str:
    """What the return is called, in the company's language."""
    with translation.override(one.company.language):
        return str(one.get_kind_display())


def _told(one: VatReturn, found: Computed) -> dict[str, object]:
    return {"start": one.start, "end": one.end, "kind": one.kind,
            "payable": found.declaration.payable}  # fmt: skip
