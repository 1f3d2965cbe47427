"""Addresses of a payroll year."""

from django.urls import path

from payroll.declarations import api, delivering_api, papers_api, people_api
from payroll.declarations.views import certificates, delivering, year

START = "payroll/year/"
YEAR = f"{START}<int:year>/"
PERSON = f"{YEAR}certificates/<int:employee>/"
pages = [
    path(START, year.Years.as_view(), name="payroll-year-home"),
    path(f"{START}settings/", certificates.Settings.as_view(), name="payroll-year-settings"),
    path(YEAR, certificates.YearPage.as_view(), name="payroll-year"),
    path(f"{YEAR}certificates/", certificates.AllPapers.as_view(), name="payroll-certificates"),
    path(f"{YEAR}certificates.zip", delivering.ZipCertificates.as_view(), name="payroll-certificates-zip"),
    path(f"{YEAR}deliveries/", delivering.Deliveries.as_view(), name="payroll-year-deliveries"),
    path(f"{YEAR}deliveries/print.pdf", delivering.PrintCertificates.as_view(), name="payroll-certificates-print"),
    path(PERSON, certificates.CertificatePage.as_view(), name="payroll-certificate"),
    path(f"{PERSON}issue/", certificates.IssueOne.as_view(), name="payroll-certificate-issue"),
    path(f"{PERSON}preview/", certificates.Preview.as_view(), name="payroll-certificate-preview"),
    path(f"{PERSON}paper/<int:file>/", certificates.Paper.as_view(), name="payroll-certificate-paper"),
    path(f"{YEAR}accounts/<int:employee>/", year.WageAccount.as_view(), name="wage-account"),
    path(f"{YEAR}accounts/<int:employee>/<slug:form>/", year.WageAccountFile.as_view(), name="wage-account-file"),
    path(f"{YEAR}recap/", year.Recap.as_view(), name="payroll-year-recap"),
    path(f"{YEAR}recap/<slug:form>/", year.RecapFile.as_view(), name="payroll-year-recap-file"),
    path(f"{YEAR}lists/<slug:list>/", year.Lists.as_view(), name="payroll-list"),
    path(f"{YEAR}lists/<slug:list>/<slug:form>/", year.ListFile.as_view(), name="payroll-list-file"),
    path(f"{YEAR}accruals/", year.Accruals.as_view(), name="payroll-accruals"),
    path(f"{YEAR}reconciliation/", year.Reconciled.as_view(), name="payroll-reconciliation"),
    path(f"{YEAR}reconciliation/<slug:form>/", year.ReconciledFile.as_view(), name="payroll-reconciliation-file"),
    path(f"{YEAR}elm/", certificates.Elm.as_view(), name="payroll-elm"),
    path(f"{YEAR}elm/survey/<int:month>/", certificates.ElmSurvey.as_view(), name="payroll-elm-survey"),
    path(f"{YEAR}elm/<int:month>/", certificates.ElmOfMonth.as_view(), name="payroll-elm-tax"),
]  # fmt: skip
endpoints = [*people_api.urls, *papers_api.urls, *api.urls, *delivering_api.urls]
