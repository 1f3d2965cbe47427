"""Who keeps books, of which years, by which chart, with which program and parts of it."""

from __future__ import annotations

import platform
from typing import Any

import django
from django.db import connection
from django.db.models import Count, Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounting.ledger.models import Account, FiscalYear, Period, YearClosing
from accounting.procedure.texts import texts_of
from accounting.procedure.values import NONE, Asked, Content, Table, day, facts_of, label
from erp.access.permissions import Permission
from erp.companies.models import Module
from erp.core.identifiers import format_uid
from erp.core.version import VERSION


def company(asked: Asked) -> Content:
    """The company and its fiscal years; one query."""
    told, facts = asked.company, list(facts_of(asked.company, ("name", "legal_form")))
    place = " ".join(one for one in (told.street, told.house_number) if one)
    town = " ".join(one for one in (told.postcode, told.town) if one)
    facts += [
        (_("UID"), format_uid(told.uid) if told.uid else NONE),
        (_("Address"), ", ".join(one for one in (place, town) if one) or NONE),
        *facts_of(told, ("currency", "language")),
    ]
    standing = YearClosing.standing(told).only("company", "fiscal_year", "closed_at")
    years = FiscalYear.of(told).prefetch_related(
        Prefetch("closings", standing, to_attr="standing"), "periods"
    )
    heads = tuple(label(FiscalYear, name) for name in ("name", "start", "end"))
    rows = tuple((one.name, day(one.start), day(one.end), _state(one))
                 for one in years.order_by("start"))  # fmt: skip
    return Content(tuple(facts), (Table(_("Fiscal years"), (*heads, _("State")), rows),))


def _state(year: Any) -> str:
    if year.standing:
        return _("closed on %s") % day(year.standing[0].closed_at)
    locks = {one.lock for one in year.periods.all()}
    if locks == {Period.Lock.LOCKED}:
        return _("all periods locked")
    return _("open, some periods locked") if Period.Lock.LOCKED in locks else _("open")


def organisation(asked: Asked) -> Content:
    """What the company says itself; one query."""
    return Content(
        own=tuple((one.title, one.text or _("not written yet")) for one in texts_of(asked.company))
    )


def program(asked: Asked) -> Content:
    """The program, what it runs on, and its modules with the days they were switched."""
    server = str(connection.pg_version)  # type: ignore[attr-defined]
    facts = (
        (_("Program"), f"Rappen {VERSION}"),
        (_("Database"), f"PostgreSQL {int(server[:-4])}.{int(server[-4:])}"),
        (_("Runs on"), f"Python {platform.python_version()}, Django {django.get_version()}"),
    )
    switched = {one.module: one for one in asked.happened.switches}
    rows = []
    for module in Module:
        one = switched.get(module)
        state = (
            pgettext("switch", "on") if asked.company.uses(module) else pgettext("switch", "off")
        )
        fits = one is not None and one.on == asked.company.uses(module)
        rows.append((str(module.label), state, day(one.at) if one and fits else NONE))
    heads = _("Module"), _("State"), _("since")
    return Content(facts, (Table(_("Modules"), heads, tuple(rows)),))


def chart(asked: Asked) -> Content:
    """How many accounts of each type there are, and which belong to a sub-ledger; two queries."""
    if not asked.may(Permission.LEDGER_READ):
        return Content(withheld=(Permission.LEDGER_READ,))
    accounts = Account.of(asked.company)
    types = dict(accounts.order_by().values_list("type").annotate(Count("pk")))
    rows = tuple((str(one.label), str(types[one])) for one in Account.Type if one in types)
    controls = accounts.exclude(control="").order_by("number")
    owned = tuple((one.number, one.name, str(one.get_control_display())) for one in controls)
    return Content(tables=(
        Table(_("Chart of accounts"), (label(Account, "type"), _("Accounts")), rows),
        Table(_("Control accounts"),
              (label(Account, "number"), _("Name"), label(Account, "control")), owned),
    ))  # fmt: skip
