"""The base of a fiduciary's endpoints over its clients."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.exceptions import MethodNotAllowed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from erp.access.firms.gate import FirmAccess, over_mandates, staff_of
from erp.access.firms.models import FirmStaff
from erp.access.models import User
from erp.api.authentication import bearer_in
from erp.api.endpoints import OneTransaction
from erp.api.paging import Pages
from erp.core.retrying import rewind


class FirmViewSet(OneTransaction):
    """Endpoints of a firm: ``/api/v1/firms/{firm}/…``; strangers get a 404.

    App tokens do not enter: each is for its own company. What is read comes through
    ``over_mandates``, and writes nothing; what is written is as on pages (``FirmView``).
    """

    pagination_class: Any = Pages
    lookup_value_regex = "[0-9]{1,18}"
    ordering: ClassVar[tuple[str, ...]] = ("pk",)
    one_transaction: ClassVar[bool] = True
    of_clients: ClassVar[bool] = True

    access: FirmAccess
    staff: FirmStaff

    @property
    def user(self) -> User:
        return self.staff.user

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.one_transaction or request.method in SAFE_METHODS:
            return super().dispatch(request, *args, **kwargs)

        def attempt() -> HttpResponseBase:
            rewind(request)
            return GenericViewSet.dispatch(self, request, *args, **kwargs)

        return self.metered(request, None, attempt)

    def _meter_client(self) -> None:
        """One client's reading counts for that client; nobody's costs a company that is no client."""
        if int(self.kwargs.get("company", 0)) in self.access.companies:
            self.meter.require_company()
        else:
            self.meter.company = ""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if bearer_in(request) is not None:
            raise PermissionDenied
        firm, user = int(kwargs["firm"]), cast(User, request.user)
        if self.of_clients and request.method in SAFE_METHODS:
            self.access = over_mandates(firm, user=user)
            self.staff = self.access.staff
            self._meter_client()
        else:
            with transaction.atomic():
                self.staff = staff_of(firm, user=user)
        if self.action is None:
            raise MethodNotAllowed(request.method or "")
