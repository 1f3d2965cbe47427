"""``/invitation/{token}/``: where the link of an invitation leads, and the mail it comes with."""

from __future__ import annotations

from typing import Any

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

from erp.access.models import Invitation, User
from erp.access.users import EmailTaken
from erp.cockpit import invitations
from erp.cockpit.invitations import InvitationGone, Issued
from erp.core.errors import DomainError
from erp.web.pages import tell


def send_link(request: HttpRequest, issued: Issued) -> None:
    """Mail the link once the invitation is kept for good, in the language of the invitation."""
    invitation = issued.invitation
    link = request.build_absolute_uri(reverse("invitation", args=[issued.token]))
    told = {"link": link, "company_name": invitation.company.name, "inviter": str(invitation.by)}

    def mail() -> None:
        with translation.override(invitation.language):
            get_adapter(request).send_mail("account/email/invitation", invitation.email, told)

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
    """

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        with transaction.atomic():
            try:
                invitation = invitations.found(token)
            except InvitationGone:
                return _gone(request)
            return self._show(request, invitation, JoinForm())

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        user: Any = request.user
        try:
            with transaction.atomic():
                if user.is_authenticated:
                    company = invitations.accept(token, user=user)
                    messages.success(request, _("Welcome to %s.") % company.name)
                    return redirect("companies")
                return self._new(request, token)
        except InvitationGone:
            return _gone(request)
        except (EmailTaken, IntegrityError):  # somebody was quicker: sign in and accept
            return redirect("invitation", token)
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return redirect("invitation", token)

    def _new(self, request: HttpRequest, token: str) -> HttpResponse:
        invitation = invitations.found(token)
        form = JoinForm(request.POST)
        if form.is_valid():
            told = form.cleaned_data
            try:
                invitations.accept_as_new(token, name=told["name"], password=told["password1"])
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
        self, request: HttpRequest, invitation: Invitation, form: JoinForm, status: int = 200
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


def _gone(request: HttpRequest) -> HttpResponse:
    context = {"page_title": _("Invitation"), "message": str(InvitationGone())}
    return render(request, "erp/invitation_gone.html", context, status=404)
