"""Questions on pages of a company."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.payables.capture.receiving import Incoming
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.documents.storing import read_upload
from erp.fiduciary import questions
from erp.fiduciary.models import Question, QuestionMessage
from erp.fiduciary.subjects import SUBJECTS, Told, address_of, told_of
from erp.web import pictures
from erp.web.dates import DayInput
from erp.web.pages import CompanyView, id_of, id_or_none, refused, tell

MOST: int = 200
State, Kind = Question.State, Question.Kind


class QuestionForm(forms.Form):
    """Something to ask."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Kind.choices)
    firm = forms.TypedChoiceField(label=gettext_lazy("Fiduciary"), coerce=int, required=False,
                                  empty_value=None)  # fmt: skip
    title = forms.CharField(label=gettext_lazy("Subject"), max_length=160)
    text = forms.CharField(
        label=gettext_lazy("Text"), max_length=4000, required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip
    due_on = forms.DateField(
        label=gettext_lazy("Answer until"), required=False, widget=DayInput(),
        input_formats=["%d.%m.%Y", "%Y-%m-%d"],
    )  # fmt: skip
    about = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput())

    def __init__(self, *args: Any, firms: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["firm"].choices = [(one.pk, str(one)) for one in firms]  # type: ignore[attr-defined]
        if len(firms) == 1:
            del self.fields["firm"]
        for name, width in {"kind": "w4", "firm": "w8", "title": "w12", "text": "w12"}.items():
            if name in self.fields:
                self.fields[name].width = width  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """Something to say, with a file or without."""

    text = forms.CharField(required=False, max_length=4000)
    file = forms.FileField(required=False)


def about_of(text: str) -> tuple[str, int | None]:
    """The record that ``entry-12`` names; blank for what names none."""
    kind, _dash, number = text.partition("-")
    pk = id_or_none(number)
    return (kind, pk) if kind in SUBJECTS and pk is not None else ("", None)


class Questions(CompanyView):
    """``/c/{company}/questions/``: what is asked between the company and its fiduciary."""

    permission = Permission.QUESTIONS_READ
    help_page = "questions"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rows = questions.seen_by(self.company, self.access.user)
        wanted, kind = request.GET.get("state", "open"), request.GET.get("kind", "")
        if wanted != "all":
            closed = Q(state=State.CLOSED)
            rows = rows.filter(closed if wanted == "closed" else ~closed)
        if kind in Kind.values:
            rows = rows.filter(kind=kind)
        counted: QuerySet[Any] = rows.annotate(said=Count("messages"))
        context = {
            "page_title": _("Questions"), "rows": counted.order_by("state", "-opened_at", "-pk")[:MOST],
            "wanted": wanted, "kind": kind, "kinds": Kind.choices, "today": clock.today(),
            "side": questions.side_of(self.company, self.access.user),
        }  # fmt: skip
        return render(request, "erp/fiduciary/questions.html", context)


class NewQuestion(CompanyView):
    """``/c/{company}/questions/new/``: ask, about a record with ``?about=entry-12``."""

    permission = Permission.QUESTIONS_WRITE
    help_page = "questions"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        about = request.GET.get("about", "")
        told = self._told(about)
        kind = request.GET.get("kind", "")
        form = self._form(initial={
            "kind": kind if kind in Kind.values else Kind.QUESTION, "about": about,
            "title": told.title if told else "",
        })  # fmt: skip
        return self._show(request, form)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self._form(request.POST)
        if form.is_valid():
            values = form.cleaned_data
            subject, pk = about_of(values.pop("about"))
            told = self._told(f"{subject}-{pk}")
            if told is not None:
                values |= {"subject": subject, "subject_id": pk, "party": told.party,
                           "amount": told.amount, "day": told.day}  # fmt: skip
            try:
                asked = questions.ask(
                    company=self.company, by=self.access.user, **values,
                    link=request.build_absolute_uri(reverse("questions", args=[self.company.pk])),
                )  # fmt: skip
            except DomainError as refusal:
                tell(form, refusal)
            else:
                messages.success(request, _("It is asked."))
                return redirect("question", self.company.pk, asked.pk)
        return refused(request, self._show(request, form))

    def _told(self, about: str) -> Told | None:
        kind, pk = about_of(about)
        return told_of(self.access, kind, pk) if pk is not None else None

    def _form(self, *args: Any, **kwargs: Any) -> QuestionForm:
        firms = questions.firms_here(self.company, self.access.user)
        return QuestionForm(*args, firms=firms, **kwargs)

    def _show(self, request: HttpRequest, form: QuestionForm) -> HttpResponse:
        context = {
            "page_title": _("Ask"), "form": form, "submit": _("Ask"),
            "back": reverse("questions", args=[self.company.pk]),
        }  # fmt: skip
        return render(request, "erp/fiduciary/ask.html", context)


class QuestionPage(CompanyView):
    """``/c/{company}/questions/{question}/``: a thread; answer, settle, open again."""

    permission = Permission.QUESTIONS_READ
    permissions = {"POST": Permission.QUESTIONS_WRITE}
    help_page = "questions"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request, self._named(kwargs["question"]))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        question, wanted = self._named(kwargs["question"]), request.POST.get("do", "answer")
        try:
            if wanted == "close":
                questions.close(question, by=self.access.user)
            elif wanted == "reopen":
                questions.reopen(question, by=self.access.user)
            elif wanted == "take":
                self._take(request, question)
            else:
                self._reply(request, question)
        except DomainError as refusal:
            if refusal.conflict:
                raise
            self.tell_all(refusal)
            said = request.POST.get("text", "")
            return refused(request, self._show(request, question, said=said))
        return redirect("question", self.company.pk, question.pk)

    def _reply(self, request: HttpRequest, question: Question) -> None:
        form = AnswerForm(request.POST, request.FILES)
        if not form.is_valid():
            raise questions.SaidTooMuch(length=len(request.POST.get("text", "")),
                                        limit=questions.MOST_TEXT)  # fmt: skip
        upload = form.cleaned_data["file"]
        file = Incoming(upload.name or "file", read_upload(upload)) if upload else None
        questions.answer(question, by=self.access.user, text=form.cleaned_data["text"], file=file)

    def _take(self, request: HttpRequest, question: Question) -> None:
        self.require(Permission.LEDGER_DRAFT)
        said = QuestionMessage.of(self.company).select_related("question__company", "file")
        message = get_object_or_404(said, question=question, pk=id_of(request.POST.get("message")))
        if told_of(self.access, question.subject, question.subject_id or 0) is None:
            raise Http404
        entry = questions.take_file(message, by=self.access.user)
        messages.success(
            request, _("The file hangs on entry %(number)s.") % {"number": entry.number or ""}
        )

    def _named(self, pk: int) -> Question:
        rows = questions.seen_by(self.company, self.access.user).select_related(
            "company", "firm", "opened_by"
        )
        found: Question = get_object_or_404(rows, pk=pk)
        return found

    def _show(self, request: HttpRequest, question: Question, said: str = "") -> HttpResponse:
        rows = QuestionMessage.of(self.company).filter(question=question).order_by("pk")
        context = {
            "page_title": question.title, "question": question, "one": question, "said": said,
            "rows": rows.select_related("by", "file"), "today": clock.today(),
            "about": address_of(self.access, question.subject, question.subject_id),
            "side": questions.side_of(self.company, self.access.user),
        }  # fmt: skip
        return render(request, "erp/fiduciary/question.html", context)


class QuestionFile(CompanyView):
    """``/c/{company}/questions/{question}/files/{message}/?width=``: a file of a thread, bit for bit, or drawn."""

    permission = Permission.QUESTIONS_READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        seen = questions.seen_by(self.company, self.access.user).filter(pk=kwargs["question"])
        rows = QuestionMessage.of(self.company).filter(question__in=seen).select_related("file")
        found = get_object_or_404(rows.exclude(file=None), pk=kwargs["message"])
        return pictures.shown(request, found.file)  # type: ignore[arg-type]
