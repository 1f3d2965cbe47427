"""How entries are made and numbered, how years are closed, and what proves that nothing was changed."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounting.ledger.chain import FORMAT
from accounting.ledger.models import LedgerHead, NumberSeries, YearClosing
from accounting.ledger.verifying import HEADS as LEDGER_HEADS
from accounting.procedure.retention import rules_on
from accounting.procedure.values import NONE, Asked, Content, Table, day
from accounting.valuation.models import ValuationRule
from erp.access.permissions import Permission
from erp.audit.chain import FORMAT as TRAIL_FORMAT
from erp.audit.models import AuditHead
from erp.audit.verifying import HEADS as AUDIT_HEADS


def entries(asked: Asked) -> Content:
    """The number series of the year and how currencies are valued; two queries."""
    if not asked.may(Permission.LEDGER_READ):
        return Content(withheld=(Permission.LEDGER_READ,))
    series = NumberSeries.of(asked.company).filter(fiscal_year=asked.year).order_by("series")
    rows = tuple((one.series or NONE, str(one.last)) for one in series)
    rules = tuple(
        (day(one.valid_from), one.get_gains_display(), one.get_rate_source_display())
        for one in ValuationRule.of(asked.company).order_by("valid_from")
    )
    return Content(tables=(
        Table(_("Numbers of entries in the year"), (_("Series"), _("Last number")), rows),
        Table(_("Rules of valuation"),
              (_("valid from"), _("unrealised gains"), _("exchange rates")), rules),
    ))  # fmt: skip


def closing(asked: Asked) -> Content:
    """Every closing of the year; one query."""
    if not asked.may(Permission.LEDGER_READ):
        return Content(withheld=(Permission.LEDGER_READ,))
    found = YearClosing.of(asked.company).filter(fiscal_year=asked.year)
    rows = tuple(
        (str(one.nth), day(one.closed_at), str(one.closed_by), one.digest,
         f"{day(one.reopened_at)}: {one.reason}" if one.reopened_at else NONE)
        for one in found.select_related("closed_by").order_by("nth")
    )  # fmt: skip
    heads = _("Closing"), _("closed at"), _("closed by"), "SHA-256", _("reopened")
    return Content(tables=(Table(_("Closings of the year"), heads, rows),))


def integrity(asked: Asked) -> Content:
    """The ends of both chains now, and as they were last kept outside the database; two queries."""
    rows, wanted = [], []
    for title, form, right, heads, model in (
        (_("Entries"), FORMAT, Permission.LEDGER_READ, LEDGER_HEADS, LedgerHead),
        (_("Audit trail"), TRAIL_FORMAT, Permission.AUDIT_READ, AUDIT_HEADS, AuditHead),
    ):
        if not asked.may(right):
            wanted.append(right)
            continue
        head = model.of(asked.company).first()
        kept = heads.last_of(asked.company.pk)
        rows.append((
            title, form, str(head.position if head else 0),
            bytes(head.digest).hex() if head and head.position else NONE,
            f"{kept.position}: {kept.digest}" if kept and kept.position else NONE,
        ))  # fmt: skip
    told = _("Chain"), _("Form"), _("Place"), _("Last link"), _("Kept outside the database")
    return Content(tables=(Table(_("Hash chains"), told, tuple(rows)),), withheld=tuple(wanted))


def retention(asked: Asked) -> Content:
    """How long what is kept, by the rules in force at the end of the year, and whether the program makes backups."""
    rows = tuple(
        (one.name, str(one.years), day(one.until(asked.year.end)), one.source)
        for one in rules_on(asked.year.end)
    )
    heads = _("What"), _("Years"), _("kept at least until"), _("Source")
    state = pgettext("switch", "on") if settings.BACKUP else pgettext("switch", "off")
    facts = [(_("Backup by the program"), state)]
    if settings.BACKUP:
        facts.append((_("Base backups that stay"), str(settings.BACKUP_KEEP)))
    return Content(tuple(facts), (Table(_("Retention"), heads, rows),))
