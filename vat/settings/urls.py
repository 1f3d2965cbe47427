"""Addresses of VAT settings, activities and codes."""

from django.urls import path

from vat.settings import api
from vat.settings.views import activities, codes, settings

pages = [
    path("vat/settings/", settings.SettingsPage.as_view(), name="vat-settings"),
    path(
        "vat/settings/<int:settings>/remove/",
        settings.RemoveSettings.as_view(),
        name="vat-settings-remove",
    ),
    path("vat/activities/", activities.Activities.as_view(), name="vat-activities"),
    path("vat/activities/<int:activity>/", activities.EndActivity.as_view(), name="vat-activity"),
    path("vat/codes/", codes.Codes.as_view(), name="vat-codes"),
    path("vat/codes/<str:code>/", codes.CodePage.as_view(), name="vat-code"),
]
endpoints = api.urls
