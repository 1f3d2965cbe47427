"""Addresses of the ledger."""

from django.urls import path

from accounting.ledger import api
from accounting.ledger.views import chart, entering, importing, journal, settings

pages = [
    path("ledger/post/", entering.EnterEntry.as_view(), name="entry-post"),
    path("ledger/journal/", journal.Journal.as_view(), name="journal"),
    path("ledger/drafts/", journal.Journal.as_view(drafts=True), name="drafts"),
    path("ledger/import/", importing.ImportJournal.as_view(), name="journal-import"),
    path("ledger/entries/<int:entry>/", journal.EntryPage.as_view(), name="entry"),
    path("ledger/entries/<int:entry>/reverse/", journal.ReverseEntry.as_view(),
         name="entry-reverse"),
    path("ledger/entries/<int:entry>/draft/", entering.DraftAction.as_view(), name="entry-draft"),
    path("ledger/vouchers/<int:voucher>/", journal.voucher_file, name="voucher"),
    path("ledger/accounts/", chart.Accounts.as_view(), name="accounts"),
    path("ledger/accounts/add/", chart.AccountPage.as_view(), name="account-add"),
    path("ledger/accounts/import/", importing.ImportChart.as_view(), name="account-import"),
    path("ledger/accounts/<str:number>/", chart.AccountSheet.as_view(), name="account-sheet"),
    path("ledger/accounts/<str:number>/edit/", chart.AccountPage.as_view(), name="account-edit"),
    path("ledger/years/", settings.FiscalYears.as_view(), name="fiscal-years"),
    path("ledger/periods/<int:period>/", settings.LockPeriod.as_view(), name="period-lock"),
    path("ledger/cost-centres/", settings.CostUnits.as_view(), name="cost-centres"),
    path("ledger/recurring/", settings.Recurring.as_view(), name="recurring"),
    path("ledger/recurring/add/", settings.TemplatePage.as_view(), name="recurring-add"),
    path("ledger/recurring/<int:template>/", settings.TemplatePage.as_view(),
         name="recurring-template"),
]  # fmt: skip
endpoints = api.urls
