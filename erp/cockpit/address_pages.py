"""Pages by which somebody signs in with another address, and takes it back."""

from __future__ import annotations

from typing import Any

from allauth.core.exceptions import ReauthenticationRequired
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from erp.access.sign_in.stepup import is_fresh
from erp.cockpit import addresses
from erp.core.errors import DomainError
from erp.web.pages import tell


class AddressForm(forms.Form):
    """Another address to sign in with."""

    email = forms.EmailField(
        label=gettext_lazy("New e-mail"), max_length=254,
        help_text=gettext_lazy("We write to it. Your address stays as it is until you follow the link."),
    )  # fmt: skip


class _Confirmed(View):
    """Wants the second factor used minutes ago before anything is written (SES-3)."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and not is_fresh(request.session):
            raise ReauthenticationRequired
        return super().dispatch(request, *args, **kwargs)


class AddressPage(_Confirmed):
    """``/account/email/``: asks for the new address, and mails a link to it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(request, AddressForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        form = AddressForm(request.POST)
        if form.is_valid():
            try:
                addresses.ask(user, email=form.cleaned_data["email"])
            except DomainError as refusal:
                tell(form, refusal)
            else:
                messages.success(request, _("Follow the link that we sent to the new address within "
                                            "60 minutes."))  # fmt: skip
                return redirect("account-overview")
        return self._show(request, form, status=422)

    def _show(self, request: HttpRequest, form: AddressForm, status: int = 200) -> HttpResponse:
        context = {"page_title": _("Other e-mail address"), "form": form}
        return render(request, "erp/address.html", context, status=status)


class ConfirmAddress(_Confirmed):
    """``/account/email/{token}/``: where the link to the new address leads."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return render(
            request, "erp/address_confirm.html", {"page_title": _("Other e-mail address")}
        )

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        user: Any = request.user
        try:
            user = addresses.confirm(token, user=user, session=request.session.session_key or "")
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("You sign in with %s from now on.") % user.email)
        return redirect("account-overview")


class AddressBack(View):
    """``/address-back/{token}/``: “I did not want that”, for whoever reads the old address' mail."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return render(request, "erp/address_back.html", {"page_title": _("It was not me")})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            user = addresses.take_back(token)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("You sign in with %s again. Set a new password now, as somebody else "
                                        "knows yours.") % user.email)  # fmt: skip
        return redirect("account_login")
