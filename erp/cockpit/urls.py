"""Addresses under the roof."""

from django.urls import path

from erp.cockpit import access, api, trail, views, wage_access
from erp.cockpit.account import AccountOverview
from erp.cockpit.address_pages import AddressBack, AddressPage, ConfirmAddress
from erp.cockpit.favourite_pages import Favourites
from erp.cockpit.firm_pages import FirmPage, Mandates
from erp.cockpit.job_pages import (
    CancelJob,
    InstallationJob,
    InstallationJobProgress,
    InstallationJobs,
    JobFile,
    JobPage,
    JobProgress,
    Jobs,
)
from erp.cockpit.joining import FirmJoinPage, JoinPage
from erp.cockpit.layout_pages import LayoutPage
from erp.cockpit.mail_pages import CancelMail, MailPage, Mails, MailText, MailTexts, RetryMail
from erp.cockpit.own_field_pages import OwnFields
from erp.cockpit.recovery_pages import Denial, lost_factors, lost_factors_link
from erp.cockpit.reference_pages import OneSource, ReferenceData
from erp.cockpit.security_pages import SecurityPage
from erp.cockpit.setup_pages import Setup
from erp.cockpit.shortcuts import Shortcut
from erp.cockpit.support_pages import SupportAccess
from erp.cockpit.token_pages import CompanyTokens, OwnTokens
from erp.cockpit.webhook_pages import WebhookPage, Webhooks

entrance = [
    path("", views.Companies.as_view(), name="companies"),
    path("go/<slug:what>/", Shortcut.as_view(), name="shortcut"),
    path("account/", AccountOverview.as_view(), name="account-overview"),
    path("account/email/", AddressPage.as_view(), name="address-change"),
    path("account/email/<str:token>/", ConfirmAddress.as_view(), name="address-confirm"),
    path("address-back/<str:token>/", AddressBack.as_view(), name="address-back"),
    path("account/tokens/", OwnTokens.as_view(), name="own-tokens"),
    path("reference/", ReferenceData.as_view(), name="reference"),
    path("reference/<slug:source>/", OneSource.as_view(), name="reference-source"),
    path("firms/<int:firm>/", FirmPage.as_view(), name="firm"),
    path("jobs/", InstallationJobs.as_view(), name="installation-jobs"),
    path("jobs/<int:job>/", InstallationJob.as_view(), name="installation-job"),
    path(
        "jobs/<int:job>/progress/",
        InstallationJobProgress.as_view(),
        name="installation-job-progress",
    ),
    path("companies/list/", views.CompanyList.as_view(), name="company-list"),
    path("companies/add/", views.NewCompany.as_view(), name="company-add"),
    path("invitation/firm/<str:token>/", FirmJoinPage.as_view(), name="firm-invitation"),
    path("invitation/<str:token>/", JoinPage.as_view(), name="invitation"),
    path("lost-factors/", lost_factors, name="lost-factors"),
    path("lost-factors/<str:token>/", lost_factors_link, name="lost-factors-link"),
    path("lost-factors/not-me/<str:token>/", Denial.as_view(), name="lost-factors-denial"),
]
pages = [
    path("", views.Start.as_view(), name="start"),
    path("setup/", Setup.as_view(), name="setup"),
    path("favourites/", Favourites.as_view(), name="favourites"),
    path("palette/", views.Palette.as_view(), name="palette"),
    path("jobs/", Jobs.as_view(), name="jobs"),
    path("jobs/<int:job>/", JobPage.as_view(), name="job"),
    path("jobs/<int:job>/progress/", JobProgress.as_view(), name="job-progress"),
    path("jobs/<int:job>/cancel/", CancelJob.as_view(), name="job-cancel"),
    path("jobs/<int:job>/file/", JobFile.as_view(), name="job-file"),
    path("mails/", Mails.as_view(), name="mails"),
    path("mails/<int:mail>/", MailPage.as_view(), name="mail"),
    path("mails/<int:mail>/retry/", RetryMail.as_view(), name="mail-retry"),
    path("mails/<int:mail>/cancel/", CancelMail.as_view(), name="mail-cancel"),
    path("settings/mail-texts/", MailTexts.as_view(), name="mail-texts"),
    path("settings/mail-texts/<slug:kind>/<slug:language>/", MailText.as_view(), name="mail-text"),
    path("settings/", views.CompanySettings.as_view(), name="company-settings"),
    path("settings/own-fields/", OwnFields.as_view(), name="own-fields"),
    path("settings/layout/", LayoutPage.as_view(), name="layout"),
    path(
        "payroll/delivery/<int:employee>/invite/",
        wage_access.InviteEmployee.as_view(),
        name="payroll-delivery-invite",
    ),
    path("settings/access/", access.Members.as_view(), name="members"),
    path("settings/roles/", access.Roles.as_view(), name="roles"),
    path("settings/roles/<slug:code>/", access.RolePage.as_view(), name="role"),
    path("settings/tokens/", CompanyTokens.as_view(), name="tokens"),
    path("settings/webhooks/", Webhooks.as_view(), name="webhooks"),
    path("settings/webhooks/<int:webhook>/", WebhookPage.as_view(), name="webhook"),
    path("settings/security/", SecurityPage.as_view(), name="security"),
    path("settings/support/", SupportAccess.as_view(), name="support-access"),
    path("settings/mandates/", Mandates.as_view(), name="mandates"),
    path("settings/audit/", trail.AuditTrail.as_view(), name="audit-trail"),
    path("settings/access-log/", trail.AccessLog.as_view(), name="access-log"),
    path("history/<slug:subject>/<int:record>/", trail.History.as_view(), name="history"),
]
general_endpoints = api.general
endpoints = api.of_company
