"""Pages for somebody who lost all second factors, and for those who say that it is them."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.decorators import login_stage_required
from allauth.mfa.stages import AuthenticateStage
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.generic import View

from erp.access.firms.models import Firm
from erp.access.models import User
from erp.access.recovery.models import OPEN_FOR, WAITS, RecoveryApproval
from erp.cockpit import recovery
from erp.companies.models import Company
from erp.core.errors import DomainError
from erp.web.pages import id_of

_after_the_password = login_stage_required(
    stage=AuthenticateStage.key, redirect_urlname="account_login"
)


class LostFactors(View):
    """``/lost-factors/``: between password and second factor. Asks, waits, and asks for the link."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            if request.POST.get("do") == "link":
                recovery.send_link(self._user(request))
                messages.success(request, _("The link is on its way to you by e-mail."))
            else:
                recovery.ask(self._user(request))
        except DomainError as refusal:
            messages.error(request, str(refusal))
        return redirect("lost-factors")

    def _user(self, request: HttpRequest) -> User:
        user: User = request._login_stage.login.user  # type: ignore[attr-defined]
        return user

    @transaction.atomic
    def _show(self, request: HttpRequest) -> HttpResponse:
        context = {
            "page_title": _("All factors lost"), "asked": recovery.standing(self._user(request)),
            "hours": int(WAITS.total_seconds() // 3600), "days": OPEN_FOR.days,
        }  # fmt: skip
        return render(request, "erp/lost_factors.html", context)


class LostFactorsLink(View):
    """``/lost-factors/{token}/``: where the mailed link leads; only a POST removes the factors."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        context = {"page_title": _("All factors lost"), "token": token}
        return render(request, "erp/lost_factors_link.html", context)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        stage: Any = request._login_stage  # type: ignore[attr-defined]
        try:
            recovery.finish(token, user=stage.login.user)
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return redirect("lost-factors")
        messages.success(request, _("Your factors are removed. Set up a new one now."))
        answer: HttpResponse = stage.exit()
        return answer


class Denial(View):
    """``/lost-factors/not-me/{token}/``: “it was not me”, for whoever reads the mail."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return render(request, "erp/lost_factors_denial.html", {"page_title": _("It was not me")})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            recovery.deny(token)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The request is over. Somebody knows your password: sign in, and "
                                        "change it."))  # fmt: skip
        return redirect("account_login")


lost_factors = _after_the_password(LostFactors.as_view())
lost_factors_link = _after_the_password(LostFactorsLink.as_view())


def answer(request: HttpRequest, *, place: Company | Firm, by: User) -> None:
    """What somebody of a company or firm says: ``do`` is ``vouch`` or ``doubt``.

    Raises what ``recovery.confirm`` raises.
    """
    mine = RecoveryApproval.objects.filter(
        **({"company": place} if isinstance(place, Company) else {"firm": place})
    )
    approval = get_object_or_404(mine, pk=id_of(request.POST.get("approval")))
    if request.POST.get("do") == "vouch":
        recovery.confirm(approval, place=place, by=by)
        messages.success(request, _("Thank you. When everybody concerned has confirmed, they wait for "
                                    "24 hours, and can set up new factors then."))  # fmt: skip
    else:
        recovery.refuse(approval, place=place, by=by)
        messages.success(request, _("The request is over. They were told."))
