"""The base of a fiduciary's endpoints over its clients."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.db import transaction
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from erp.access.firms.gate import FirmAccess, in_client, over_mandates, staff_of
from erp.access.firms.models import FirmStaff
from erp.access.gate import Access
from erp.access.models import User
from erp.api.inputs import missing
from erp.api.paging import Pages
from erp.api.personal import PersonalViewSet
from erp.core.retrying import rewind


class FirmViewSet(PersonalViewSet):
    """Endpoints of a firm: ``/api/v1/firms/{firm}/…``; strangers get a 404.

    What is read comes through ``over_mandates``, and writes nothing; what is written is as on pages
    (``FirmView``). ``asks`` is what an action asks of the staff, by raising; where the address names
    a client, it is open to be written in (``client``).
    """

    pagination_class: Any = Pages
    lookup_value_regex = "[0-9]{1,18}"
    ordering: ClassVar[tuple[str, ...]] = ("pk",)
    one_transaction: ClassVar[bool] = True
    of_clients: ClassVar[bool] = True
    asks: ClassVar[Mapping[str, Callable[[FirmStaff], None]]] = {}

    access: FirmAccess
    staff: FirmStaff
    client: Access

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

    def admit(self, request: Request) -> None:
        firm, client = int(self.kwargs["firm"]), self.kwargs.get("company")
        if self.of_clients and request.method in SAFE_METHODS:
            self.access = over_mandates(firm, user=self.person)
            self.staff = self.access.staff
            self._meter_client()
            return
        with transaction.atomic():
            self.staff = staff_of(firm, user=self.person)
        if client is not None and request.method not in SAFE_METHODS:
            self.client = in_client(firm, int(client), user=self.person)
        if self.action in self.asks:
            self.asks[self.action](self.staff)

    def client_named(self, company: int) -> Access:
        """Open the client that a body names, to be written in.

        Raises ``ValidationError`` where it is none of the firm's, as for one that does not exist.
        """
        try:
            return in_client(self.staff.firm_id, company, user=self.user)
        except Http404:
            raise missing("company") from None
