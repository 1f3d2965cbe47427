"""Addresses of the year-end."""

from django.urls import path

from accounting.closing import api
from accounting.closing.views import acts, years

ONE = "year-end/<int:year>/"
pages = [
    path("year-end/", years.YearEnds.as_view(), name="year-ends"),
    path(ONE, years.YearEndPage.as_view(), name="year-end"),
    path(f"{ONE}close/", years.CloseYear.as_view(), name="year-close"),
    path(f"{ONE}reopen/", years.ReopenYear.as_view(), name="year-reopen"),
    path(f"{ONE}checks/<slug:check>/", years.YearCheck.as_view(), name="year-check"),
    path(f"{ONE}report.pdf", years.AnnualReport.as_view(), name="annual-report"),
    path(f"{ONE}accruals/", acts.YearAccruals.as_view(), name="year-accruals"),
    path(f"{ONE}appropriation/", acts.AppropriationPage.as_view(), name="appropriation"),
    path(f"{ONE}notes/", acts.AnnualNotes.as_view(), name="annual-notes"),
]
endpoints = api.urls
