"""Every route and what it asks for, in one table (Zugriffsmatrix).

Pages and endpoints of a company declare their permission where they stand; the few others are
listed here. A route that is neither is an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, cast

from django.urls import URLPattern, URLResolver, get_resolver

from erp.access.permissions import READY_ROLES, Permission
from erp.api.endpoints import CompanyViewSet
from erp.api.firms import FirmViewSet
from erp.web.firms import FirmView
from erp.web.pages import CompanyView

METHODS: Final = ("get", "post", "put", "patch", "delete")
IMPLIED: Final = ("head", "options")  # answered as get is, without a body
ANYONE, SIGNED_IN, OPERATOR = "anyone", "signed in", "operator"
FOUNDER = "operator, or lead of a firm that may found"
STAFF = "staff of the firm"

#: Routes that belong to no company, by name.
GENERAL: Final[dict[str, str]] = {
    "companies": SIGNED_IN,
    "company-add": FOUNDER,
    "company-list": SIGNED_IN,
    "shortcut": SIGNED_IN,
    "account-overview": SIGNED_IN,
    "own-tokens": SIGNED_IN,
    "address-change": SIGNED_IN,
    "address-confirm": SIGNED_IN,
    "address-back": ANYONE,
    "invitation": ANYONE,
    "firm-invitation": ANYONE,
    "api-firms": SIGNED_IN,
    "api-firm-mandates": SIGNED_IN,
    "lost-factors": ANYONE,
    "lost-factors-link": ANYONE,
    "lost-factors-denial": ANYONE,
    "api-me": SIGNED_IN,
    "api-me-name": SIGNED_IN,
    "api-me-approval-mails": SIGNED_IN,
    "api-me-devices": SIGNED_IN,
    "api-me-events": SIGNED_IN,
    "api-me-session": SIGNED_IN,
    "api-me-phone": SIGNED_IN,
    "api-me-device": SIGNED_IN,
    "api-me-others": SIGNED_IN,
    "api-me-address": SIGNED_IN,
    "api-firm": SIGNED_IN,
    "api-firm-invite": SIGNED_IN,
    "api-firm-invitations-resend": SIGNED_IN,
    "api-firm-invitations-withdraw": SIGNED_IN,
    "api-firm-staff-change": SIGNED_IN,
    "api-firm-staff-remove": SIGNED_IN,
    "api-firm-recoveries-confirm": SIGNED_IN,
    "api-firm-recoveries-refuse": SIGNED_IN,
    "api-installation-jobs": OPERATOR,
    "api-installation-job": OPERATOR,
    "api-installation-job-cancel": OPERATOR,
    "api-reference-fetch": OPERATOR,
    "api-reference-editions": OPERATOR,
    "api-companies": SIGNED_IN,
    "api-reference-iban": SIGNED_IN,
    "api-reference-localities": SIGNED_IN,
    "api-reference-rate": SIGNED_IN,
    "api-reference-countries": SIGNED_IN,
    "api-reference-currencies": SIGNED_IN,
    "api-reference-holidays": SIGNED_IN,
    "api-reference-sources": SIGNED_IN,
    "api-reference-source": SIGNED_IN,
    "reference": SIGNED_IN,
    "reference-source": SIGNED_IN,
    "api-batch": SIGNED_IN,  # each of its items asks for its own
    "api-personal-batch": SIGNED_IN,  # likewise
    "openapi": ANYONE,
    "api-docs": SIGNED_IN,
    "firm": SIGNED_IN,
    "help": SIGNED_IN,
    "manual": SIGNED_IN,
    "manual-find": SIGNED_IN,
    "manual-codes": SIGNED_IN,
    "manual-code": SIGNED_IN,
    "manual-pdf": SIGNED_IN,
    "screen": SIGNED_IN,
    "api-installation-health": OPERATOR,
    "installation-health": OPERATOR,
    "installation-jobs": OPERATOR,
    "installation-job": OPERATOR,
    "installation-job-progress": OPERATOR,
    "language": ANYONE,
    "manifest": ANYONE,
    "healthz": ANYONE,
    "readyz": ANYONE,
}
#: Of allauth: signing in, and the settings of one's own sign-in.
OF_SIGN_IN: Final = ("accounts/", "_allauth/")


@dataclass(frozen=True)
class Route:
    """A method of a route; ``permission`` is what it asks for, or None where nobody said so."""

    address: str
    name: str
    method: str
    permission: str | None
    step_up: bool = False
    of_company: bool = True
    opened_by: frozenset[Permission] = frozenset()

    def roles(self) -> list[str]:
        """The ready-made roles that may call it."""
        return [
            role.code for role in READY_ROLES
            if self.permission in role.permissions or not self.opened_by.isdisjoint(role.permissions)
        ]  # fmt: skip


def routes() -> list[Route]:
    """All of them, in the order of the addresses."""
    found = [route for address, pattern in flat(get_resolver().url_patterns)
             for route in _of(address, pattern)]  # fmt: skip
    return sorted(found, key=lambda route: (route.address, METHODS.index(route.method)))


def flat(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Each route with its whole address; the router's format suffixes are left out."""
    for one in patterns:
        address = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from flat(one.url_patterns, address)
        elif "\\." not in str(one.pattern):
            yield address, one


def view_class(pattern: URLPattern) -> Any:
    """The class behind a route, or the function where there is none."""
    callback: Any = pattern.callback
    while not (hasattr(callback, "view_class") or hasattr(callback, "cls")):
        if not hasattr(callback, "__wrapped__"):
            return callback
        callback = callback.__wrapped__
    return getattr(callback, "view_class", None) or callback.cls


def _of(address: str, pattern: URLPattern) -> Iterator[Route]:
    view, name = view_class(pattern), pattern.name or ""
    if isinstance(view, type) and issubclass(view, CompanyView):
        for method in METHODS:
            if hasattr(view, method):
                yield Route(
                    address, name, method, view.needs(method), method.upper() in view.step_up
                )
    elif isinstance(view, type) and issubclass(view, CompanyViewSet):
        for method, action in sorted(cast(Any, pattern.callback).actions.items()):
            if method in IMPLIED:
                continue
            yield Route(
                address, name, method, view.permissions.get(action), action in view.step_up,
                opened_by=view.opened_by,
            )  # fmt: skip
    elif isinstance(view, type) and issubclass(view, (FirmView, FirmViewSet)):
        actions = getattr(pattern.callback, "actions", None)
        for method in METHODS:
            if hasattr(view, method) if actions is None else method in actions:
                yield Route(address, name, method, STAFF, of_company=False)
    else:
        asks = ANYONE if address.startswith(OF_SIGN_IN) else GENERAL.get(name)
        yield Route(address, name, "get", asks, of_company=False)


def undeclared() -> list[Route]:
    """Routes that ask for nothing that exists."""
    return [
        one for one in routes()
        if (one.permission not in Permission.values if one.of_company else one.permission is None)
    ]  # fmt: skip
