"""How VAT is settled from a day on (Abrechnungsart): what may change, and when."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core.errors import DomainError, called
from erp.core.identifiers import parse_uid
from vat.codes.models import VatSettings

_Method, _Interval = VatSettings.Method, VatSettings.Interval
#: What is kept for a calendar year, the tax period (MWSTG Art. 34 para. 2).
YEARLY: Final = ("method", "basis", "interval")
#: How often is settled, by method (MWSTG Art. 35 para. 1 and 1bis, MWSTV Art. 81).
INTERVALS: Final = {
    _Method.EFFECTIVE: (_Interval.QUARTER, _Interval.MONTH, _Interval.YEAR),
    _Method.NET_TAX_RATE: (_Interval.HALF_YEAR, _Interval.YEAR),
    _Method.FLAT_RATE: (_Interval.QUARTER, _Interval.HALF_YEAR, _Interval.YEAR),
}


class ChangesAtNewYear(DomainError):
    code = "vat.changes_at_new_year"
    message = _("“%(value)s” would hold from %(date)s, but method, basis and interval are kept for a whole "
                "calendar year. Choose 1 January %(year)s.")  # fmt: skip
    field = "method"


class NotAPeriodEdge(DomainError):
    code = "vat.not_a_period_edge"
    message = _("VAT settings change at the start of a quarter; %(date)s is none. Choose 1 January, "
                "1 April, 1 July or 1 October.")  # fmt: skip
    field = "valid_from"


class IntervalUnusual(DomainError):
    code = "vat.interval_unusual"
    message = _(
        "With the method “%(method)s” nobody settles “%(value)s”. Choose one of: %(intervals)s."
    )
    field = "interval"


class LaterSettingsDiffer(DomainError):
    code = "vat.later_settings_differ"
    message = _("From %(date)s on “%(value)s” holds, which would then change within a calendar year. Take "
                "those settings back first, and enter them anew afterwards.")  # fmt: skip
    field = "valid_from"
    conflict = True


class OnlySettings(DomainError):
    code = "vat.only_settings"
    message = _(
        "These are the only settings, since %(date)s. Change them instead of taking them back."
    )
    field = "valid_from"
    conflict = True


@dataclass(frozen=True, slots=True)
class Wanted:
    """Settings as they shall hold from a day on."""

    valid_from: dt.date
    method: str
    basis: str
    interval: str
    rate_method: str = VatSettings.RateMethod.DAILY
    group_uid: str = ""
    round_down: bool = False

    def values(self) -> dict[str, Any]:
        """The fields beside the day, the UID in its canonical form. Raises ``NotAUid``."""
        told = asdict(self)
        del told["valid_from"]
        with called(uid="group_uid"):
            told["group_uid"] = parse_uid(self.group_uid) if self.group_uid.strip() else ""
        return told


@transaction.atomic
def change_settings(
    *, company: Company, valid_from: dt.date, method: str, basis: str, interval: str, by: User,
    rate_method: str = VatSettings.RateMethod.DAILY, group_uid: str = "", round_down: bool = False,
) -> VatSettings:  # fmt: skip
    """Settle VAT differently from a day on (Abrechnungsart ändern).

    Method (MWSTG Art. 37), basis (Art. 39) and interval (Art. 35) are kept for a tax period, the
    calendar year, and change on 1 January. On any day begin the very first settings, and liability
    itself or its end (Art. 14). Everything else changes at the start of a quarter. ``rate_method`` is
    the official rate that foreign amounts are converted with (MWSTV Art. 45); ``group_uid`` is the UID
    of the VAT group, however written; ``round_down`` declares the tax down to full five centimes.

    Settings of the same day are replaced, also those of the past: that is how a wrong setting that is
    found later is put right. Posted entries and filed returns stay as they are. Raises
    ``ChangesAtNewYear``, ``NotAPeriodEdge``, ``IntervalUnusual``, ``LaterSettingsDiffer``, ``NotAUid``.
    """
    wanted = Wanted(valid_from, method, basis, interval, rate_method, group_uid, round_down)
    told = wanted.values()
    rows = list(VatSettings.of(company).select_for_update(no_key=True).order_by("valid_from"))
    require_possible(wanted, rows)
    before = next((row for row in rows if row.valid_from == valid_from), None)
    settings, _created = VatSettings.unscoped.update_or_create(
        company=company, valid_from=valid_from, defaults=told
    )
    changed = trail.changes(trail.values(before, *told), told) if before else trail.filled(told)
    if changed:
        trail.record(company=company, by=by, action="vat.change_settings", subject=settings,
                     details={"valid_from": valid_from, **changed})  # fmt: skip
    return settings


@transaction.atomic
def remove_settings(settings: VatSettings, *, by: User) -> None:
    """Take settings back, so that those before them go on. Entries and filed returns stay.

    Raises ``OnlySettings`` or ``LaterSettingsDiffer``.
    """
    company = settings.company
    rows = list(VatSettings.of(company).select_for_update().order_by("valid_from"))
    current = next(row for row in rows if row.pk == settings.pk)
    rest = [row for row in rows if row.pk != settings.pk]
    if not rest:
        raise OnlySettings(date=current.valid_from)
    before = _before(rest, current.valid_from)
    _require_later(before, rest, current.valid_from)
    trail.record(company=company, by=by, action="vat.remove_settings", subject=current,
                 details={"valid_from": current.valid_from, "method": current.method})  # fmt: skip
    current.delete()


def require_possible(wanted: Wanted, rows: list[VatSettings]) -> None:
    """Refuse settings that the law does not know, beside those of the company in their order."""
    _require_interval(wanted)
    before = _before(rows, wanted.valid_from)
    if before is not None and not _is_edge_of_liability(before, wanted):
        _require_new_year(before, wanted)
        if wanted.valid_from.day != 1 or wanted.valid_from.month not in {1, 4, 7, 10}:
            raise NotAPeriodEdge(date=wanted.valid_from)
    _require_later(wanted, rows, wanted.valid_from)


def _before(rows: list[VatSettings], day: dt.date) -> VatSettings | None:
    return next((row for row in reversed(rows) if row.valid_from < day), None)


def _is_edge_of_liability(one: VatSettings | Wanted, other: VatSettings | Wanted) -> bool:
    return (one.method == _Method.NOT_LIABLE) != (other.method == _Method.NOT_LIABLE)


def _require_interval(wanted: Wanted) -> None:
    usual = INTERVALS.get(_Method(wanted.method), ())
    if usual and wanted.interval not in usual:
        raise IntervalUnusual(
            method=_Method(wanted.method).label, value=_Interval(wanted.interval).label,
            intervals=", ".join(str(one.label) for one in usual),
        )  # fmt: skip


def _require_new_year(before: VatSettings, wanted: Wanted) -> None:
    day = wanted.valid_from
    differing = _differing(before, wanted)
    if differing and (day.month, day.day) != (1, 1):
        raise ChangesAtNewYear(
            field=differing, value=_label(differing, getattr(wanted, differing)), date=day,
            year=day.year + 1,
        )  # fmt: skip


def _require_later(now: VatSettings | Wanted | None, rows: list[VatSettings], day: dt.date) -> None:
    """The settings that follow must be possible after those that would now stand before them."""
    after = next((row for row in rows if row.valid_from > day), None)
    if after is None or now is None or _is_edge_of_liability(now, after):
        return
    differing = _differing(now, after)
    if differing and (after.valid_from.month, after.valid_from.day) != (1, 1):
        raise LaterSettingsDiffer(
            date=after.valid_from, value=_label(differing, getattr(after, differing))
        )


def _differing(one: VatSettings | Wanted, other: VatSettings | Wanted) -> str:
    return next((name for name in YEARLY if getattr(one, name) != getattr(other, name)), "")


def _label(name: str, value: str) -> str:
    kinds = {"method": _Method, "basis": VatSettings.Basis, "interval": _Interval}
    return str(kinds[name](value).label)  # type: ignore[attr-defined]
