"""One's own account: who one is, where one is signed in, and what happened."""

from __future__ import annotations

from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from erp.access.leaks.domains import domain_of, is_free_mail
from erp.access.models import User
from erp.access.sign_in import ending, grants
from erp.access.sign_in.events import Kind, note
from erp.access.sign_in.models import KnownDevice, SecurityEvent
from erp.core.errors import DomainError
from erp.core.texts import one_line
from erp.web.pages import id_of

MOST_EVENTS = 30


class NameMissing(DomainError):
    code = "account.name_missing"
    message = gettext_lazy("Type your name, in %(longest)s letters at most.")
    field = "name"


def rename(user: User, *, name: str) -> None:
    """Call somebody otherwise. Raises ``NameMissing`` or ``NotOneLine``."""
    longest = User._meta.get_field("name").max_length or 0
    told = one_line(name, field="name", most=longest)
    if not told:
        raise NameMissing(longest=longest)
    user.name = told
    user.save(update_fields=["name"])


def want_approval_mails(user: User, *, wanted: bool) -> None:
    """Let mails about what waits for approval come, or not."""
    user.approval_mails = wanted
    user.save(update_fields=["approval_mails"])


class AccountOverview(View):
    """``/account/``: one's name, sessions and phones to see and end, devices to forget, events."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        user: Any = request.user
        domain = domain_of(user.email)
        events = SecurityEvent.objects.filter(user=user).order_by("-at", "-pk")
        context = {
            "page_title": _("Your account"),
            "sessions": sorted(UserSession.objects.purge_and_list(user),
                               key=lambda one: one.last_seen_at, reverse=True),
            "phones": grants.open_grants().filter(user=user).select_related("device")
                .order_by("-used_at"),
            "devices": KnownDevice.objects.filter(user=user).order_by("-last_seen_at"),
            "events": events[:MOST_EVENTS],
            "provider": domain if is_free_mail(domain) else "",
            "refused": {Kind.REFUSED, Kind.FACTOR_REFUSED, Kind.CONFIRM_REFUSED, Kind.LIMITED,
                        Kind.PASSWORD_BREACHED, Kind.TOKEN_REFUSED, Kind.PHONE_TWICE},
        }  # fmt: skip
        return render(request, "erp/account.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        user: Any = request.user
        if "name" in request.POST:
            self._rename(request, user)
        elif wanted := request.POST.get("approval_mails"):
            want_approval_mails(user, wanted=wanted == "on")
            messages.success(request, _("Your choice is saved."))
        elif wanted := request.POST.get("session"):
            ending.end_session(get_object_or_404(UserSession, user=user, pk=id_of(wanted)))
            note(user, Kind.SESSIONS_ENDED, count=1)
            messages.success(request, _("That device is signed out."))
        elif wanted := request.POST.get("phone"):
            phone = get_object_or_404(grants.open_grants(), user=user, pk=id_of(wanted))
            ending.end_phone(phone)
            note(user, Kind.SESSIONS_ENDED, count=1)
            messages.success(request, _("That device is signed out."))
        elif wanted := request.POST.get("device"):
            ending.forget(get_object_or_404(KnownDevice, user=user, pk=id_of(wanted)))
            messages.success(request, _("The device is forgotten."))
        elif "others" in request.POST:
            note(user, Kind.SESSIONS_ENDED, count=ending.end_others(request, user))
            messages.success(request, _("All other devices are signed out."))
        return redirect("account-overview")

    def _rename(self, request: HttpRequest, user: User) -> None:
        try:
            rename(user, name=request.POST["name"])
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Your name is saved."))
