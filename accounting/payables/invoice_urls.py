"""Addresses of suppliers' invoices."""

from __future__ import annotations

from django.urls import path

from accounting.payables import api, settings_api
from accounting.payables.views import editor, invoice, invoices, recurring, rules

_START = "payables/invoices/"
_ONE = _START + "<int:invoice>/"

#: What is done with one invoice, by the right that it takes.
ACTS = {
    invoice.DraftingAct: ("withdraw", "delete"),
    invoice.ApprovingAct: ("approve", "reject"),
    invoice.PostingAct: ("submit", "post", "reverse"),
}

pages = [
    path(_START, invoices.SupplierInvoices.as_view(), name="supplier-invoices"),
    path(_START + "submit/", invoices.SubmitInvoices.as_view(), name="supplier-invoices-submit"),
    path(_START + "approve/", invoices.ApproveInvoices.as_view(), name="supplier-invoices-approve"),
    path(_START + "new/", editor.EditInvoice.as_view(), name="supplier-invoice-new"),
    path(_START + "preview/", editor.PreviewInvoice.as_view(), name="supplier-invoice-preview"),
    path(_START + "lookup/<slug:what>/", editor.Lookup.as_view(), name="supplier-invoice-lookup"),
    path(_ONE, invoice.InvoicePage.as_view(), name="supplier-invoice"),
    path(_ONE + "edit/", editor.EditInvoice.as_view(), name="supplier-invoice-edit"),
    path(_ONE + "credit/", invoice.CreditInvoice.as_view(), name="supplier-invoice-credit"),
    path("payables/inbox/<int:document>/capture/", editor.EditInvoice.as_view(), name="inbox-capture"),
    *(
        path(f"{_ONE}{act}/", view.as_view(act=act), name=f"supplier-invoice-{act}")
        for view, acts in ACTS.items() for act in acts
    ),
    path("payables/accruals/", invoice.Accruals.as_view(), name="accruals"),
    path("payables/approval/", rules.ApprovalRules.as_view(), name="approval-rules"),
    path("payables/recurring/", recurring.RecurringInvoices.as_view(),
         name="recurring-supplier-invoices"),
    path("payables/recurring/add/", recurring.RecurringInvoicePage.as_view(),
         name="recurring-supplier-invoice-add"),
    path("payables/recurring/<int:recurring>/", recurring.RecurringInvoicePage.as_view(),
         name="recurring-supplier-invoice"),
]  # fmt: skip
endpoints = [*api.urls, *settings_api.urls]
