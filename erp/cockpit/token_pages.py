"""App tokens on pages: one's own under the account, a company's under its settings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from allauth.core.exceptions import ReauthenticationRequired
from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from erp.access.gate import Access, access_to, companies_of
from erp.access.models import User
from erp.access.permissions import Permission
from erp.access.sign_in.stepup import is_fresh
from erp.access.tokens.models import LONGEST, SHORTEST
from erp.audit import access_log
from erp.audit.models import AccessLogEntry
from erp.cockpit.tokens import create_token, own_tokens, revoke_token, tokens_of
from erp.companies.models import Company
from erp.core.errors import DomainError
from erp.web.pages import CompanyView, id_of, tell


class TokenForm(forms.Form):
    """A token to make; the rights offered are those one has in the company now."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60,
                           help_text=gettext_lazy("Which program it is for."))  # fmt: skip
    days = forms.IntegerField(label=gettext_lazy("Days it is good for"), min_value=SHORTEST,
                              max_value=LONGEST, initial=90)  # fmt: skip
    scopes = forms.MultipleChoiceField(label=gettext_lazy("Rights"),
                                       widget=forms.CheckboxSelectMultiple)  # fmt: skip

    def __init__(self, *args: Any, granted: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scopes: Any = self.fields["scopes"]
        scopes.choices = [(p.value, p.label) for p in Permission if p.value in granted]
        for name, width in {"name": "w8", "days": "w4", "scopes": "w12"}.items():
            self.fields[name].width = width  # type: ignore[attr-defined]


class OwnTokens(View):
    """``/account/tokens/``: one's own tokens in all companies that are open to one."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        with transaction.atomic():
            companies = companies_of(_user(request))
            wanted = request.GET.get("company")
            chosen = id_of(wanted) if wanted else (companies[0].pk if companies else None)
            access = _membership(chosen, _user(request)) if chosen else None
            form = TokenForm(granted=access.granted) if access else None
            return self._show(request, companies, access, form)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if "revoke" in request.POST:
            return self._revoke(request)
        if not is_fresh(request.session):
            raise ReauthenticationRequired
        with transaction.atomic():
            companies = companies_of(_user(request))
            access = _membership(id_of(request.POST.get("company")), _user(request))
            form = TokenForm(request.POST, granted=access.granted)
            secret = self._make(access, form)
            response = self._show(request, companies, access,
                                  TokenForm(granted=access.granted) if secret else form, secret)  # fmt: skip
        response.status_code = 200 if secret else 422
        return response

    def _make(self, access: Access, form: TokenForm) -> str:
        """The new token, or nothing where the form says what is wrong."""
        if not form.is_valid():
            return ""
        try:
            return create_token(access, **form.cleaned_data)[1]
        except DomainError as refusal:
            tell(form, refusal)
            return ""

    def _revoke(self, request: HttpRequest) -> HttpResponse:
        user = _user(request)
        with transaction.atomic():
            mine = own_tokens(user, companies_of(user))
            token = get_object_or_404(mine, pk=id_of(request.POST["revoke"]))
            access_to(token.company_id, user=user)
            revoke_token(token, by=user)
        messages.success(request, _("The token is revoked."))
        return redirect("own-tokens")

    def _show(
        self, request: HttpRequest, companies: list[Company], access: Access | None,
        form: TokenForm | None, secret: str = "",
    ) -> HttpResponse:  # fmt: skip
        context = {
            "page_title": _("App tokens"), "tab": "tokens", "help_page": "tokens",
            "companies": companies, "chosen": access.company if access else None, "form": form,
            "secret": secret, "tokens": own_tokens(_user(request), companies),
        }  # fmt: skip
        return render(request, "erp/own_tokens.html", context)


class CompanyTokens(CompanyView):
    """``/c/{company}/settings/tokens/``: who has tokens for what."""

    permission = Permission.MEMBERS_CHANGE
    step_up = frozenset({"POST"})
    help_page = "tokens"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        tokens = list(tokens_of(self.company))
        access_log.note(company=self.company, by=self.access.user, subject=User,
                        kind=AccessLogEntry.Kind.LIST, count=len(tokens))  # fmt: skip
        context = {"page_title": _("App tokens"), "tokens": tokens}
        return render(request, "erp/tokens.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        token = get_object_or_404(tokens_of(self.company), pk=id_of(request.POST.get("revoke")))
        revoke_token(token, by=self.access.user)
        messages.success(request, _("The token is revoked."))
        return redirect("tokens", self.company.pk)


def _membership(company_id: int, user: User) -> Access:
    """Open a company one is a member of; looking in as support is not enough here."""
    access = access_to(company_id, user=user)
    if access.support is not None:
        raise Http404
    return access


def _user(request: HttpRequest) -> User:
    user: Any = request.user  # nobody comes this far without signing in
    return user
