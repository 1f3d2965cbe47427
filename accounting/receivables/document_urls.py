"""Addresses of offers, orders, invoices and credit notes."""

from django.urls import path

from accounting.receivables.views import document, documents, editor

_START = "receivables/documents/"
_ONE = _START + "<int:document>/"

pages = [
    path(_START, documents.Documents.as_view(), name="sales-documents"),
    path(_START + "issue/", documents.IssueDocuments.as_view(), name="sales-documents-issue"),
    path(_START + "bill/", documents.BillDocuments.as_view(), name="sales-documents-bill"),
    path(_START + "print/", documents.PrintDocuments.as_view(), name="sales-documents-print"),
    path(_START + "new/", editor.EditDocument.as_view(), name="sales-document-new"),
    path(_START + "preview/", editor.PreviewDocument.as_view(), name="sales-document-preview"),
    path(_START + "lookup/<slug:what>/", editor.Lookup.as_view(), name="sales-document-lookup"),
    path(_ONE, document.DocumentPage.as_view(), name="sales-document"),
    path(_ONE + "edit/", editor.EditDocument.as_view(), name="sales-document-edit"),
    path(_ONE + "pdf/", document.document_file, name="sales-document-pdf"),
    path(_ONE + "issue/", document.IssueDocument.as_view(), name="sales-document-issue"),
    path(_ONE + "delete/", document.DeleteDocument.as_view(), name="sales-document-delete"),
    path(_ONE + "cancel/", document.CancelDocument.as_view(), name="sales-document-cancel"),
    path(_ONE + "decide/", document.DecideDocument.as_view(), name="sales-document-decide"),
    path(_ONE + "make/<slug:what>/", document.MakeDocument.as_view(), name="sales-document-make"),
]
