"""Addresses of dunning and of statements of account."""

from django.urls import path

from accounting.receivables.dunning import api
from accounting.receivables.dunning.views import runs, settings, statements, stops

HERE = "receivables/dunning/"

pages = [
    path(HERE, runs.Overview.as_view(), name="dunning"),
    path(f"{HERE}runs/<int:run>/", runs.RunPage.as_view(), name="dunning-run"),
    path(f"{HERE}runs/<int:run>/print/", runs.RunBatch.as_view(), name="dunning-batch"),
    path(
        f"{HERE}runs/<int:run>/letters/<int:contact>/<slug:currency>/",
        runs.DraftLetter.as_view(),
        name="dunning-draft-letter",
    ),
    path(f"{HERE}letters/<int:notice>/", runs.NoticePage.as_view(), name="dunning-letter"),
    path(f"{HERE}letters/<int:notice>/pdf/", runs.NoticeFile.as_view(), name="dunning-letter-pdf"),
    path(f"{HERE}items/<int:item>/", stops.ItemDunning.as_view(), name="item-dunning"),
    path(f"{HERE}customers/<int:contact>/", stops.CustomerPage.as_view(), name="customer-dunning"),
    path(f"{HERE}settings/", settings.DunningSettings.as_view(), name="dunning-settings"),
    path(
        f"{HERE}settings/<int:procedure>/",
        settings.ProcedurePage.as_view(),
        name="dunning-procedure",
    ),
    path(f"{HERE}settings/levels/<int:level>/", settings.LevelPage.as_view(), name="dunning-level"),
    path("receivables/statements/", statements.StatementsPage.as_view(), name="account-statements"),
    path(
        "receivables/statements/<int:contact>/",
        statements.StatementFile.as_view(),
        name="account-statement",
    ),
]
endpoints = api.urls
