"""Addresses for measuring: the program's, and beside them the same rows by plain DRF views.

A plain view knows no sign-in, rights, limits, versions or filters; it opens the company itself,
since the database shows no rows otherwise.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounting.ledger import queries as ledger
from accounting.ledger.api.entries import JournalEntryOutput
from accounting.open_items.api.shapes import OpenItemBrief
from accounting.open_items.models import OpenItem
from contacts import queries as contacts
from contacts.api.shapes import ContactOutput
from contacts.models import Contact
from erp.core.tenancy import open_companies
from erp.urls import handler400, urlpatterns  # noqa: F401 - Django asks for it here

ROWS = 50


class Plain(APIView):
    """Fifty rows by a serializer."""

    authentication_classes = ()
    permission_classes = ()

    def get(self, request: Request, company: int, what: str) -> Response:
        with transaction.atomic():
            open_companies([company])
            if what == "contacts":
                rows: Any = contacts.with_parts(Contact.of(company)).prefetch_related(
                    "bank_accounts"
                )
                rows = rows.select_related("company").order_by("sort_name", "id")
                return Response(ContactOutput(rows[:ROWS], many=True).data)
            if what == "journal-entries":
                rows = ledger.journal(company).order_by("date", "number", "pk")  # type: ignore[arg-type]
                return Response(JournalEntryOutput(rows[:ROWS], many=True).data)
            rows = OpenItem.of(company).select_related("account").order_by("due_date", "id")
            return Response(OpenItemBrief(rows[:ROWS], many=True).data)


urlpatterns = [path("api/bare/<int:company>/<slug:what>/", Plain.as_view()), *urlpatterns]
