"""Fiduciaries on pages: a company's mandates, and a firm's staff and clients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.core.exceptions import ReauthenticationRequired
from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from erp.access.firms.models import Firm, FirmInvitation, FirmStaff, Mandate
from erp.access.giving import rights_of
from erp.access.models import User
from erp.access.permissions import Permission
from erp.access.rights import held
from erp.access.sign_in.stepup import is_fresh
from erp.audit.models import AuditEvent
from erp.cockpit import firms, people, staffing
from erp.cockpit.joining import send_link
from erp.cockpit.recovery import waiting_in
from erp.cockpit.recovery_pages import answer
from erp.companies.models import Language
from erp.core.errors import DomainError
from erp.core.tenancy import set_local
from erp.web.pages import CompanyView, id_of, refused, tell


class MandateForm(forms.Form):
    """A mandate to give."""

    firm_code = forms.CharField(
        label=gettext_lazy("Code of the fiduciary"), max_length=12,
        help_text=gettext_lazy("Your fiduciary tells it to you."),
    )  # fmt: skip
    role = forms.ChoiceField(label=gettext_lazy("Role"))

    def __init__(self, *args: Any, givable: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.code, str(role)) for role in givable]  # type: ignore[attr-defined]
        self.fields["role"].initial = "fiduciary"


class StaffForm(forms.Form):
    """Somebody to invite to a firm's staff."""

    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254)
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the e-mail"), choices=Language.choices
    )
    team_role = forms.ChoiceField(
        label=gettext_lazy("Team role"), choices=FirmStaff.TeamRole.choices
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, width in {"email": "w8", "language": "w4", "team_role": "w12"}.items():
            self.fields[name].width = width  # type: ignore[attr-defined]


class ChangeForm(forms.Form):
    """How far somebody of the staff may go."""

    team_role = forms.ChoiceField(choices=FirmStaff.TeamRole.choices)
    is_manager = forms.BooleanField(required=False)


class Mandates(CompanyView):
    """``/c/{company}/settings/mandates/``: which fiduciary works here, who of it, and what they did."""

    permission = Permission.MEMBERS_READ
    permissions = {"POST": Permission.MEMBERS_CHANGE}
    step_up = frozenset({"POST"})
    help_page = "mandates"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request, self._form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if "end" in request.POST:
            found = get_object_or_404(Mandate.of(self.company), pk=id_of(request.POST["end"]))
            try:
                firms.end_mandate(found, by=self.access.user)
            except DomainError as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(
                    request, _("The mandate is ended; nobody of it has access any more.")
                )
            still = Permission.MEMBERS_READ in rights_of(self.access.user, self.company)
            return redirect("mandates", self.company.pk) if still else redirect("companies")
        form = self._form(request.POST)
        if form.is_valid():
            try:
                firms.give_mandate(company=self.company, by=self.access.user, **form.cleaned_data)
            except DomainError as refusal:
                tell(form, refusal)
            else:
                messages.success(request, _("The mandate is given."))
                return redirect("mandates", self.company.pk)
        return refused(request, self._show(request, form))

    def _form(self, data: Any = None) -> MandateForm:
        rights = rights_of(self.access.user, self.company)
        return MandateForm(data, givable=people.grantable(self.company, rights))

    def _show(self, request: HttpRequest, form: MandateForm) -> HttpResponse:
        found = firms.works_here(self.company)
        staff = [one.user_id for _mandate, team in found for one in team]
        acts = AuditEvent.of(self.company).filter(by__in=staff).values("by")
        latest = dict(acts.annotate(last=Max("at")).values_list("by", "last"))
        mine = held(self.access.user, self.company)
        context = {
            "page_title": _("Fiduciary"), "form": form, "gives": Permission.MEMBERS_CHANGE in mine.own,
            "mandates": [
                (mandate, [(one, latest.get(one.user_id)) for one in team]) for mandate, team in found
            ],
        }  # fmt: skip
        return render(request, "erp/mandates.html", context)


class FirmPage(View):
    """``/firms/{firm}/``: a fiduciary's staff and clients; its managers change them."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with transaction.atomic():
            set_local("rappen.user", str(request.user.pk))
            self.own = get_object_or_404(
                FirmStaff.objects.select_related("firm", "user"),
                firm=kwargs["firm"],
                user=request.user,
            )
            self.firm: Firm = self.own.firm
            if request.method == "POST":
                if not self.own.is_manager:
                    raise Http404
                if not is_fresh(request.session):
                    raise ReauthenticationRequired
            return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        acts: dict[str, Callable[[HttpRequest], None]] = {
            "change": self._change, "remove": self._remove, "resend": self._resend,
            "take_back": self._take_back, "vouch": self._say, "doubt": self._say,
        }  # fmt: skip
        wanted = request.POST.get("do", "")
        if wanted == "invite":
            return self._invite(request)
        if wanted not in acts:
            raise Http404
        try:
            acts[wanted](request)
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return refused(request, self._show(request))
        still = self.firm.staff.filter(user=self.own.user).exists()
        return redirect("firm", self.firm.pk) if still else redirect("companies")

    def _invite(self, request: HttpRequest) -> HttpResponse:
        form = StaffForm(request.POST)
        if form.is_valid():
            try:
                issued = staffing.invite_staff(self.firm, by=self.own.user, **form.cleaned_data)
            except DomainError as refusal:
                tell(form, refusal)
            else:
                send_link(request, issued)
                messages.success(
                    request, _("The invitation to %s is sent.") % issued.invitation.email
                )
                return redirect("firm", self.firm.pk)
        return refused(request, self._show(request, form))

    def _change(self, request: HttpRequest) -> None:
        user, form = self._person(request), ChangeForm(request.POST)
        if not form.is_valid():
            raise Http404
        staffing.set_staff(self.firm, user=user, by=self.own.user, **form.cleaned_data)
        messages.success(request, _("It holds in every mandate from now on."))

    def _remove(self, request: HttpRequest) -> None:
        staffing.remove_staff(self.firm, user=self._person(request), by=self.own.user)

    def _resend(self, request: HttpRequest) -> None:
        send_link(request, staffing.resend(self._invitation(request), by=self.own.user))
        messages.success(request, _("The invitation is sent again; the old link is dead."))

    def _take_back(self, request: HttpRequest) -> None:
        staffing.withdraw(self._invitation(request), by=self.own.user)
        messages.success(request, _("The invitation is withdrawn."))

    def _say(self, request: HttpRequest) -> None:
        answer(request, place=self.firm, by=self.own.user)

    def _person(self, request: HttpRequest) -> User:
        team = User.objects.filter(firms__firm=self.firm)
        found: User = get_object_or_404(team, pk=id_of(request.POST.get("user")))
        return found

    def _invitation(self, request: HttpRequest) -> FirmInvitation:
        wanted = id_of(request.POST.get("invitation"))
        return get_object_or_404(staffing.unfinished(self.firm), pk=wanted)

    def _show(self, request: HttpRequest, form: StaffForm | None = None) -> HttpResponse:
        running = Mandate.unscoped.filter(firm=self.firm, ended_at=None).select_related("company")
        waiting = list(staffing.unfinished(self.firm)) if self.own.is_manager else []
        standing = staffing.standing(self.firm, waiting)
        context = {
            "page_title": str(self.firm), "help_page": "mandates", "firm": self.firm, "own": self.own,
            "recoveries": waiting_in(self.firm) if self.own.is_manager else [],
            "form": form or StaffForm(initial={"language": self.own.user.language,
                                               "team_role": FirmStaff.TeamRole.ACCOUNTANT}),
            "team_roles": FirmStaff.TeamRole.choices,
            "staff": self.firm.staff.select_related("user").order_by("user__name", "user__email"),
            "invitations": [(one, one.pk in standing) for one in waiting],
            "mandates": running.order_by("company__name"),
        }  # fmt: skip
        return render(request, "erp/firm.html", context)
