"""Originals of an asset."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from accounting.assets import vouching
from erp.access.permissions import Permission
from erp.web import pictures
from erp.web.pages import CompanyView


class VoucherFile(CompanyView):
    """``/c/{company}/assets/{asset}/vouchers/{voucher}/?width=``: an original bit for bit, or drawn."""

    permission = Permission.ASSETS_READ
    help_page = "asset"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rows = vouching.vouchers(self.company).filter(asset=kwargs["asset"])
        return pictures.shown(request, get_object_or_404(rows, pk=kwargs["voucher"]).file)
