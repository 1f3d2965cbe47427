"""What pages of returns have in common."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from erp.access.permissions import Permission
from erp.web.pages import CompanyView
from vat.returns.addressing import row_of
from vat.returns.models import VatReturn
from vat.returns.queries import Row


class ReturnsView(CompanyView):
    """Pages of returns: whoever sees VAT sees them, who may file acts on them."""

    permission = Permission.VAT_READ
    permissions = {"POST": Permission.VAT_FILE}

    def row(self) -> Row:
        """What the address names, begun or not. Answers 404."""
        found = row_of(self.company, self.kwargs["key"])
        if found is None:
            raise Http404
        return found

    def stored(self) -> VatReturn:
        """The return that the address names, begun. Answers 404."""
        found = self.row().stored
        if found is None:
            raise Http404
        return found

    def there(self, one: VatReturn) -> HttpResponse:
        """Off to the page of a return."""
        key = one.start.isoformat() if one.kind == VatReturn.Kind.FIRST else str(one.pk)
        return redirect("vat-return", self.company.pk, key)
