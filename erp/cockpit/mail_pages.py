"""A company's outgoing mails: what became of each, sending again, keeping back; and their texts."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.access.permissions import Permission
from erp.audit import access_log
from erp.audit.models import AccessLogEntry
from erp.companies.models import Language
from erp.core.errors import DomainError
from erp.mails import kinds, queries
from erp.mails.delivering import leave_the_machine
from erp.mails.models import LONGEST_BODY, LONGEST_SUBJECT, MailTemplate, OutgoingMail, State
from erp.mails.queueing import cancel, retry
from erp.mails.templates import Texts, all_texts, reset_text, save_text
from erp.web.pages import CompanyView, id_of, refused, tell

PAGE: Final = 50


class MailView(CompanyView):
    """What the pages of mails have in common: each kind says who sees it, and who sends it."""

    permission = Permission.COMPANY_READ
    help_page = "mails"

    def found(self, number: int) -> OutgoingMail:
        if number >= 2**63:
            raise Http404
        mail: OutgoingMail = get_object_or_404(queries.within_reach(self.access), pk=number)
        return mail

    def note(self, kind: str, subject: Any, count: int | None = None) -> None:
        """Note that addresses and texts to people were looked at."""
        access_log.note(company=self.company, by=self.access.user, kind=kind, subject=subject,
                        count=count)  # fmt: skip


class Mails(MailView):
    """``/c/{company}/mails/``: newest first, paged by key."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        told = request.GET
        mails = queries.filtered(
            queries.within_reach(self.access), state=told.get("state", "")[:9],
            kind=told.get("kind", "")[:40], search=told.get("q", "").strip()[:80],
        )  # fmt: skip
        if told.get("after"):
            mails = mails.filter(pk__lt=id_of(told["after"]))
        rows = list(mails.defer("body")[: PAGE + 1])
        look = AccessLogEntry.Kind.SEARCH if told.get("q") else AccessLogEntry.Kind.LIST
        self.note(look, OutgoingMail, len(rows[:PAGE]))
        seen = set(kinds.seen_by(self.access))
        context = {
            "page_title": _("Mails"), "rows": queries.shown(self.access, rows[:PAGE]),
            "states": State.choices, "waiting": queries.waiting_for_people(self.access),
            "kinds": [(one.name, one.label) for one in kinds.all_kinds().values() if one.name in seen],
            "after": rows[PAGE - 1].pk if len(rows) > PAGE else None,
            "stay_here": not leave_the_machine(),
        }  # fmt: skip
        return render(request, "erp/mails.html", context)


class MailPage(MailView):
    """``/c/{company}/mails/{mail}/``: what was sent to whom, and what the server said."""

    def get(self, request: HttpRequest, mail: int, **kwargs: Any) -> HttpResponse:
        found = self.found(mail)
        self.note(AccessLogEntry.Kind.READ, found)
        context = {
            "page_title": found.subject, "one": queries.shown(self.access, [found])[0],
            "files": list(found.files.select_related("file").order_by("pk")),
        }  # fmt: skip
        return render(request, "erp/mail.html", context)


class MailAct(MailView):
    """Something that is done to one mail; it leads back to where its button was."""

    def post(self, request: HttpRequest, mail: int, **kwargs: Any) -> HttpResponse:
        found = self.found(mail)
        if not kinds.may_send(self.access, found.kind):
            raise PermissionDenied
        try:
            self.act(found)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        if request.POST.get("back") == "about" and (address := queries.about_url(found)):
            return redirect(address)
        if request.POST.get("back") == "list":
            return redirect("mails", self.company.pk)
        return redirect("mail", self.company.pk, found.pk)

    def act(self, mail: OutgoingMail) -> None:
        raise NotImplementedError


class RetryMail(MailAct):
    """``/c/{company}/mails/{mail}/retry/``"""

    def act(self, mail: OutgoingMail) -> None:
        retry(mail, by=self.access.user)
        messages.success(self.request, _("The mail is sent again."))


class CancelMail(MailAct):
    """``/c/{company}/mails/{mail}/cancel/``"""

    def act(self, mail: OutgoingMail) -> None:
        cancel(mail, by=self.access.user)
        messages.success(self.request, _("The mail is kept back."))


class TextForm(forms.Form):
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=LONGEST_SUBJECT)
    body = forms.CharField(label=gettext_lazy("Text"), max_length=LONGEST_BODY, strip=False,
                           widget=forms.Textarea({"rows": 16}))  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in self.fields.values():
            one.width = "w12"  # type: ignore[attr-defined]


class MailTexts(CompanyView):
    """``/c/{company}/settings/mail-texts/``: each kind in each language, and which are one's own."""

    permission = Permission.COMPANY_READ
    help_page = "mail-texts"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rows = [
            (texts.kind, [(code, label, texts.is_own(code)) for code, label in Language.choices])
            for texts in all_texts(self.company)
        ]  # fmt: skip
        context = {"page_title": _("Mail texts"), "rows": rows, "languages": Language.choices}
        return render(request, "erp/mail_texts.html", context)


class MailText(CompanyView):
    """``/c/{company}/settings/mail-texts/{kind}/{language}/``: read, previewed, changed, reset."""

    permission = Permission.COMPANY_READ
    permissions = {"POST": Permission.COMPANY_CHANGE}
    help_page = "mail-texts"

    def get(self, request: HttpRequest, kind: str, language: str, **kwargs: Any) -> HttpResponse:
        texts = self._texts(kind, language)
        subject, body = texts.text(language)
        form = TextForm(initial={"subject": subject, "body": body})
        return self._show(request, texts, language, form, (subject, body))

    def post(self, request: HttpRequest, kind: str, language: str, **kwargs: Any) -> HttpResponse:
        texts = self._texts(kind, language)
        where: dict[str, Any] = {"company": self.company, "by": self.access.user, "kind": kind,
                                 "language": language}  # fmt: skip
        if "reset" in request.POST:
            reset_text(**where)
            messages.success(request, _("Our text holds again."))
            return redirect("mail-text", self.company.pk, kind, language)
        form = TextForm(request.POST)
        told = form.is_valid() and (form.cleaned_data["subject"], form.cleaned_data["body"])
        if told and "preview" in request.POST:
            return self._show(request, texts, language, form, told)
        try:
            if told:
                save_text(**where, subject=told[0], body=told[1])
                messages.success(request, _("The text is saved."))
                return redirect("mail-text", self.company.pk, kind, language)
        except DomainError as refusal:
            tell(form, refusal)
        return refused(request, self._show(request, texts, language, form, None))

    def _texts(self, kind: str, language: str) -> Texts:
        if language not in Language.values or kind not in kinds.all_kinds():
            raise Http404
        return Texts(self.company, kind)

    def _show(
        self, request: HttpRequest, texts: Texts, language: str, form: TextForm,
        preview: tuple[str, str] | None,
    ) -> HttpResponse:  # fmt: skip
        label = Language(language).label
        own = MailTemplate.of(self.company).filter(kind=texts.kind.name, language=language).first()
        context = {
            "page_title": f"{texts.kind.label}, {label}", "kind": texts.kind, "language": language,
            "languages": Language.choices, "form": form, "own": own,
            "preview": texts.preview(language, *preview) if preview else None,
        }  # fmt: skip
        return render(request, "erp/mail_text.html", context)
