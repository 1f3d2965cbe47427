"""The audit trail, the history of one record, and the access log."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.ledger.models import Account
from erp.access.gate import Access
from erp.access.permissions import Permission
from erp.audit import access_log, queries
from erp.audit.labels import ACTIONS, SUBJECTS
from erp.audit.models import AccessLogEntry, AuditEvent
from erp.audit.readers import needed_for
from erp.core import clock
from erp.core.display import swiss_date
from erp.core.errors import DomainError
from erp.web.dates import read_day
from erp.web.export import Table, answer, table
from erp.web.pages import CompanyView

MOST_EXPORTED: Final = 100_000
#: Where a record is at home: its page, and what stands in the address beside the company.
_HOMES: Final = {
    "journalentry": ("entry", "pk"), "budget": ("budget", "pk"), "valuationrun": ("valuation", "pk"),
    "valuationrule": ("valuations", ""), "company": ("company-settings", ""),
    "bankaccount": ("bank-accounts", ""), "user": ("members", ""), "vatsettings": ("vat-settings", ""),
    "vatcode": ("vat-code", "code"), "vatactivity": ("vat-activities", ""),
    "fiscalyear": ("fiscal-years", ""), "period": ("fiscal-years", ""),
    "costcentre": ("cost-centres", ""), "costobject": ("cost-centres", ""),
    "entrytemplate": ("recurring", ""), "account": ("account-sheet", "number"),
    "contact": ("contact", "pk"), "contactgroup": ("contact-settings", ""),
    "employee": ("employee", "pk"), "payrollrun": ("payroll-run", "pk"),
    "taxsettlement": ("payroll-tax-settlement", "pk"),
    "ownfield": ("own-fields", ""), "layout": ("layout", ""), "role": ("roles", ""), "invitation": ("members", ""),
}  # fmt: skip


class TrailTooLong(DomainError):
    code = "audit.too_long"
    message = gettext_lazy("More than %(limit)s events are too many for one file. Choose a shorter "
                           "span of days.")  # fmt: skip


class AuditTrail(CompanyView):
    """``/c/{company}/settings/audit/``: who did what, newest first, paged by key."""

    permission = Permission.AUDIT_READ
    help_page = "audit"
    size = 100

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        told = request.GET
        start, end = read_day(told.get("from")), read_day(told.get("until"))
        events = queries.events(
            self.company, granted=self.access.granted, by=told.get("by", "")[:254], action=told.get("action", "")[:40],
            since=start, until=end, text=told.get("q", "").strip()[:60],
        )  # fmt: skip
        if told.get("format"):
            return self._file(told["format"], events)
        if after := _key(told.get("after", "")):
            events = events.filter(pk__lt=after)
        rows = list(events[: self.size + 1])
        context = {
            "page_title": _("Audit trail"), "start": start, "end": end,
            "rows": queries.in_words(self.company, rows[: self.size],
                                     granted=self.access.granted),
            "people": queries.people(self.company),
            "actions": sorted(((c, str(label)) for c, label in ACTIONS.items()), key=lambda a: a[1]),
            "after": rows[self.size - 1].pk if len(rows) > self.size else None,
        }  # fmt: skip
        return render(request, "erp/audit.html", context)

    def _file(self, form: str, events: Any) -> HttpResponse:
        """The events as filtered, oldest first; that they left is noted in the access log."""
        if form not in {"csv", "xlsx"}:
            raise Http404
        try:
            content = exported(self.access, events)
        except TrailTooLong as refusal:
            messages.error(self.request, str(refusal))
            return redirect("audit-trail", self.company.pk)
        return answer(form, content, company=self.company)


def exported(access: Access, events: QuerySet[AuditEvent]) -> Table:
    """Events in words as a table, oldest first; that they left is noted in the access log.

    Raises ``TrailTooLong``.
    """
    rows = list(events.order_by("pk")[: MOST_EXPORTED + 1])
    if len(rows) > MOST_EXPORTED:
        raise TrailTooLong(limit=MOST_EXPORTED)
    access_log.note(company=access.company, by=access.user, subject=AuditEvent,
                    kind=AccessLogEntry.Kind.EXPORT, count=len(rows))  # fmt: skip
    head = [_("At"), _("By"), _("E-mail"), _("Action"), _("Data"), _("Name"), _("Details"),
            _("Address"), _("Browser"), _("Way in"), _("Request"), _("Place"), "SHA-256"]  # fmt: skip
    cells = [
        [_moment(e), str(e.by), e.by.email, one.label, one.subject, one.about,
         "; ".join(str(d) for d in one.details), e.address, e.agent, e.get_via_display(),
         e.request_id, e.position, bytes(e.digest or b"").hex()]
        for one in queries.in_words(access.company, rows, granted=access.granted)
        for e in [one.event]
    ]  # fmt: skip
    return table(title=_("Audit trail"), subtitle=swiss_date(clock.today()), head=head, rows=cells,
                 name="audit", wide=True)  # fmt: skip


class History(CompanyView):
    """``/c/{company}/history/{subject}/{record}/``: what became of one record."""

    permission = Permission.AUDIT_READ
    help_page = "audit"

    def get(self, request: HttpRequest, subject: str, record: int, **kwargs: Any) -> HttpResponse:
        if record >= 2**63:
            raise Http404
        try:
            found = queries.history(self.company, subject, record, granted=self.access.granted)
        except queries.NoSuchSubject:
            raise Http404 from None
        title = " ".join(filter(None, (f"{_('History')}:", found.subject, found.about)))
        context = {
            "page_title": title,
            "found": found,
            "subject": subject,
            "back_url": self._home(subject, record),
        }
        return render(request, "erp/history.html", context)

    def _home(self, subject: str, record: int) -> str:
        """The page of the record, where there is one."""
        page, part = _HOMES.get(subject, ("", ""))
        if not page or not self.access.may(needed_for(subject)):
            return ""
        if part == "number":
            account = Account.of(self.company).filter(pk=record).first()
            return reverse(page, args=[self.company.pk, account.number]) if account else ""
        return reverse(page, args=[self.company.pk, record] if part else [self.company.pk])


class AccessLog(CompanyView):
    """``/c/{company}/settings/access-log/``: who looked at people's data, newest first."""

    permission = Permission.AUDIT_READ
    help_page = "access-log"
    size = 100

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        entries = access_log.entries(self.company)
        if after := _key(request.GET.get("after", "")):
            entries = entries.filter(pk__lt=after)
        rows = list(entries[: self.size + 1])
        context = {
            "page_title": _("Access log"),
            "rows": self._in_words(rows[: self.size]),
            "after": rows[self.size - 1].pk if len(rows) > self.size else None,
        }  # fmt: skip
        return render(request, "erp/access_log.html", context)

    def _in_words(self, rows: list[AccessLogEntry]) -> list[tuple[AccessLogEntry, Any, str]]:
        """Each look with what was looked at, and whose data it was or how many people's."""
        asked: dict[str, set[int]] = {}
        for row in rows:
            if row.subject_id is not None:
                asked.setdefault(row.subject, set()).add(row.subject_id)
        names = {
            subject: queries.names_of(self.company, subject, ids, granted=self.access.granted)
            for subject, ids in asked.items()
        }
        told = []
        for row in rows:
            count = "" if row.count is None else str(row.count)
            whose = names[row.subject].get(row.subject_id, "") if row.subject_id else count
            told.append((row, SUBJECTS.get(row.subject, row.subject), whose))
        return told


def _key(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _moment(event: AuditEvent) -> str:
    return f"{event.at.astimezone(clock.ZURICH):%Y-%m-%d %H:%M:%S}"
