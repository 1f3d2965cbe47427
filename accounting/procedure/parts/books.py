"""How entries are made and numbered, how years are closed, and what proves that nothing was changed."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounting.ledger.chain import FORMAT
from accounting.ledger.models import LedgerHead, NumberSeries, YearClosing
from accounting.ledger.verifying import HEADS as LEDGER_HEADS
from accounting.procedure.retention import BOOKS, rules_on
from accounting.procedure.values import NONE, Asked, Content, Table, day
from accounting.valuation.models import ValuationRule
from erp.access.permissions import Permission
from erp.audit.chain import FORMAT as TRAIL_FORMAT
from erp.audit.models import AuditHead
from erp.audit.verifying import HEADS as AUDIT_HEADS
from erp.core import records


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
    """How long what is kept, by the rules in force at the end of the year, and what is known here of backups."""
    end = asked.year.end
    rules = rules_on(end)
    rows = tuple((one.name, str(one.years), day(one.until(end)), one.source) for one in rules)
    heads = _("What"), _("Years"), _("kept at least until"), _("Source")
    books = (_("All books and vouchers are kept at least until"),
             day(max(one.until(end) for one in rules if one.papers == BOOKS)))  # fmt: skip
    return Content((books, *_backups()), (Table(_("Retention"), heads, rows),))


def _backups() -> list[tuple[str, str]]:
    """What backups left behind in the data folder, whichever process made them."""
    title = _("Last base backup by the program")
    last = records.kept("backup")
    if last is None:
        return [(title, _("none is known on this machine"))]
    facts = [(title, day(last.at) if last.sound else _("failed on %s") % day(last.at))]
    if keep := last.told.get("keep"):
        facts.append((_("Base backups that stay"), str(keep)))
    for name, told in (("backup_follow", _("What is written since is streamed, last on")),
                       ("restore_check", _("A backup was restored and proven, last on"))):  # fmt: skip
        if (found := records.kept(name)) and found.sound:
            facts.append((told, day(found.at)))
    return facts
