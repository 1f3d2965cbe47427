"""``/invitation/…``: where the links of invitations lead, and the mails they come with."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import View

from erp.access.firms.models import FirmInvitation
from erp.access.models import Invited, User
from erp.access.users import EmailTaken
from erp.cockpit import invitations, staffing
from erp.cockpit.inviting import InvitationGone, Issued
from erp.core.errors import DomainError
from erp.web.pages import tell


def send_link(request: HttpRequest, issued: Issued[Any]) -> None:
    """Mail the link once the invitation is kept for good, in the language of the invitation."""
    invitation: Invited = issued.invitation
    to_firm = isinstance(invitation, FirmInvitation)
    page, template = (
        ("firm-invitation", "firm_invitation") if to_firm else ("invitation", "invitation")
    )
    link = request.build_absolute_uri(reverse(page, args=[issued.token]))
    told = {"link": link, "inviter": str(invitation.by),
            "firm_name" if to_firm else "company_name": invitation.whereto}  # fmt: skip

    def mail() -> None:
        with translation.override(invitation.language):
            get_adapter(request).send_mail(f"account/email/{template}", invitation.email, told)

    # A mail server that is away is in the log; the invitation stays, and can be sent again.
    transaction.on_commit(mail, robust=True)


class JoinForm(forms.Form):
    """What somebody types who does not sign in here yet."""

    name = forms.CharField(label=gettext_lazy("Your name"), max_length=100)
    password1 = forms.CharField(max_length=1000, strip=False, widget=forms.PasswordInput)
    password2 = forms.CharField(max_length=1000, strip=False, widget=forms.PasswordInput)

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        first, second = told.get("password1"), told.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("Both passwords must be the same."))
        return told


@method_decorator(sensitive_post_parameters("password1", "password2"), name="dispatch")
class JoinPage(View):
    """Shows who invites; only a POST accepts, as scanners of mail follow links.

    Somebody new types name and password and signs in afterwards. Somebody who signs in here
    already does so first and accepts by one click. Every link that leads nowhere is answered alike.
    ``room`` holds the acts: ``found``, ``accept`` and ``accept_as_new``.
    """

    room: ClassVar[Any] = invitations

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        with transaction.atomic():
            try:
                invitation = self.room.found(token)
            except InvitationGone:
                return _gone(request)
            return self._show(request, invitation, JoinForm())

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        user: Any = request.user
        try:
            with transaction.atomic():
                if user.is_authenticated:
                    joined = self.room.accept(token, user=user)
                    messages.success(request, _("Welcome to %s.") % joined)
                    return redirect("companies")
                return self._new(request, token)
        except InvitationGone:
            return _gone(request)
        except (EmailTaken, IntegrityError):  # somebody was quicker: sign in and accept
            return redirect(request.path)
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return redirect(request.path)

    def _new(self, request: HttpRequest, token: str) -> HttpResponse:
        invitation = self.room.found(token)
        form = JoinForm(request.POST)
        if form.is_valid():
            told = form.cleaned_data
            try:
                self.room.accept_as_new(token, name=told["name"], password=told["password1"])
            except (InvitationGone, EmailTaken):
                raise
            except DomainError as refusal:
                tell(form, refusal)
            else:
                messages.success(request, _("Your account is ready. Sign in now; then a second factor "
                                            "is set up."))  # fmt: skip
                return redirect("account_login")
        return self._show(request, invitation, form, status=422)

    def _show(
        self, request: HttpRequest, invitation: Invited, form: JoinForm, status: int = 200
    ) -> HttpResponse:
        user: Any = request.user
        context = {
            "page_title": _("Invitation"),
            "invitation": invitation,
            "form": form,
            "is_theirs": user.is_authenticated and user.email == invitation.email,
            "signs_in_already": User.objects.filter(email=invitation.email).exists(),
        }
        return render(request, "erp/invitation.html", context, status=status)


class FirmJoinPage(JoinPage):
    """``/invitation/firm/{token}/``: the same for the staff of a fiduciary."""

    room: ClassVar[Any] = staffing


def _gone(request: HttpRequest) -> HttpResponse:
    context = {"page_title": _("Invitation"), "message": str(InvitationGone())}
    return render(request, "erp/invitation_gone.html", context, status=404)
