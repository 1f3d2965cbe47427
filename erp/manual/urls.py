"""Addresses of the manual: of no company, for whoever is signed in."""

from django.urls import path

from erp.manual import views

pages = [
    path("", views.contents, name="manual"),
    path("find/", views.palette, name="manual-find"),
    path("codes/", views.code_reference, name="manual-codes"),
    path("codes/<str:code>/", views.one_code, name="manual-code"),
    path("pdf/", views.book, name="manual-pdf"),
    path("<slug:name>/", views.help_page, name="help"),
]
