"""Addresses under the roof."""

from django.urls import path

from erp.cockpit import api, views

entrance = [
    path("", views.Companies.as_view(), name="companies"),
    path("companies/add/", views.NewCompany.as_view(), name="company-add"),
]
pages = [
    path("", views.Start.as_view(), name="start"),
    path("palette/", views.Palette.as_view(), name="palette"),
    path("settings/", views.CompanySettings.as_view(), name="company-settings"),
    path("settings/access/", views.Members.as_view(), name="members"),
    path("settings/audit/", views.AuditTrail.as_view(), name="audit-trail"),
]
general_endpoints = api.general
endpoints = api.of_company
