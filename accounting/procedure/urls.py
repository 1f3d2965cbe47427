"""Addresses of the procedure documentation."""

from django.urls import path

from accounting.procedure import api, views

pages = [
    path("procedure/", views.ProcedurePage.as_view(), name="procedure"),
    path("procedure/procedure.pdf", views.ProcedurePdf.as_view(), name="procedure-pdf"),
    path("procedure/texts/", views.ProcedureTexts.as_view(), name="procedure-texts"),
    path("procedure/kept/<int:file>/", views.ProcedureFile.as_view(), name="procedure-file"),
]
endpoints = api.urls
