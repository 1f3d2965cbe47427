"""Addresses of VAT returns."""

from django.urls import path

from vat.returns import api
from vat.returns.views import entries, instalments, office, overview, page

HERE = "vat/returns/"
ONE = f"{HERE}<str:key>/"
INSTALMENT = f"{HERE}instalments/<str:start>/<int:nth>/"

pages = [
    path(HERE, overview.Overview.as_view(), name="vat-returns"),
    path(f"{HERE}office/", office.Office.as_view(), name="vat-office"),
    path(INSTALMENT, instalments.InstalmentPage.as_view(), name="vat-instalment"),
    path(ONE, page.ReturnPage.as_view(), name="vat-return"),
    path(f"{ONE}file/", page.FileReturn.as_view(), name="vat-return-file"),
    path(f"{ONE}xml/", page.ReturnFile.as_view(what="xml"), name="vat-return-xml"),
    path(f"{ONE}pdf/", page.ReturnFile.as_view(what="pdf"), name="vat-return-pdf"),
    path(f"{ONE}journal/", page.Journal.as_view(), name="vat-return-journal"),
    path(f"{ONE}entries/", entries.EntriesPage.as_view(), name="vat-return-entries"),
]
endpoints = api.urls
