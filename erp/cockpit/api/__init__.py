"""Endpoints under the roof: companies, who may do what in them, and who did."""

from django.urls import path
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.routers import SimpleRouter

from erp.api.batch import BatchViewSet, PersonalBatchViewSet
from erp.api.files import AnyType
from erp.api.reference import ReferenceViewSet
from erp.api.uploads import UploadViewSet
from erp.cockpit.api import editions, installation, me, staff
from erp.cockpit.api.companies import CompaniesViewSet, OneCompanyViewSet
from erp.cockpit.api.favourites import FavouriteViewSet
from erp.cockpit.api.firms import FirmsViewSet
from erp.cockpit.api.invitations import InvitationViewSet
from erp.cockpit.api.jobs import JobViewSet
from erp.cockpit.api.layouts import LayoutViewSet
from erp.cockpit.api.looking_up import HistoryViewSet, MyTokenViewSet, RightsViewSet
from erp.cockpit.api.mails import MailTextViewSet, MailViewSet
from erp.cockpit.api.mandates import MandateViewSet
from erp.cockpit.api.members import MemberViewSet
from erp.cockpit.api.overview import OverviewViewSet
from erp.cockpit.api.own_fields import OwnFieldViewSet
from erp.cockpit.api.recoveries import RecoveryViewSet
from erp.cockpit.api.roles import RoleViewSet
from erp.cockpit.api.search import SearchViewSet
from erp.cockpit.api.security import LeakFindingViewSet, MailDomainViewSet, SecurityViewSet
from erp.cockpit.api.setup import SetupViewSet
from erp.cockpit.api.support import SupportConsentViewSet
from erp.cockpit.api.tokens import AppTokenViewSet
from erp.cockpit.api.trail import AccessLogViewSet, AuditEventViewSet
from erp.cockpit.api.wage_access import WageAccessViewSet
from erp.cockpit.api.webhooks import WebhookViewSet

router = SimpleRouter()
router.register("members", MemberViewSet, basename="members")
router.register("roles", RoleViewSet, basename="roles")
router.register("invitations", InvitationViewSet, basename="invitations")
router.register("app-tokens", AppTokenViewSet, basename="app-tokens")
router.register("my-tokens", MyTokenViewSet, basename="my-tokens")
router.register("recoveries", RecoveryViewSet, basename="recoveries")
router.register("support-consents", SupportConsentViewSet, basename="support-consents")
router.register("mandates", MandateViewSet, basename="mandates")
router.register("mail-domains", MailDomainViewSet, basename="mail-domains")
router.register("leak-findings", LeakFindingViewSet, basename="leak-findings")
router.register("own-fields", OwnFieldViewSet, basename="own-fields")
router.register("layouts", LayoutViewSet, basename="layouts")
router.register("favourites", FavouriteViewSet, basename="api-favourites")
router.register("jobs", JobViewSet, basename="jobs")
router.register("mails", MailViewSet, basename="mails")
router.register("uploads", UploadViewSet, basename="uploads")
router.register("webhooks", WebhookViewSet, basename="api-webhooks")
router.register("audit-events", AuditEventViewSet, basename="audit-events")
router.register("access-log", AccessLogViewSet, basename="access-log")

general = [
    path("companies/<int:company>/batch/", BatchViewSet.as_view({"post": "send"}),
         name="api-batch"),
    path("batch/", PersonalBatchViewSet.as_view({"post": "send"}), name="api-personal-batch"),
    path("firms/", FirmsViewSet.as_view({"get": "list"}), name="api-firms"),
    path("companies/", CompaniesViewSet.as_view({"get": "list", "post": "create"}),
         name="api-companies"),
    *(
        path(f"reference/{name}/", ReferenceViewSet.as_view({"get": name}),
             name=f"api-reference-{name}")
        for name in ("iban", "localities", "rate", "countries", "currencies", "holidays", "sources")
    ),
    path("reference/sources/<slug:source>/", ReferenceViewSet.as_view({"get": "source"}),
         name="api-reference-source"),
    *me.urls, *staff.urls, *installation.urls, *editions.urls,
]  # fmt: skip
of_company = [
    path("", OneCompanyViewSet.as_view({"get": "read", "patch": "change"}), name="api-company"),
    path("logo/", OneCompanyViewSet.as_view(
        {"get": "show_logo", "put": "logo"}, parser_classes=[MultiPartParser],
        renderer_classes=[JSONRenderer, AnyType]),
         name="api-company-logo"),
    path("overview/", OverviewViewSet.as_view({"get": "read"}), name="api-overview"),
    path("setup/", SetupViewSet.as_view({"get": "read", "patch": "change"}), name="api-setup"),
    path("permissions/", RightsViewSet.as_view({"get": "read"}), name="api-permissions"),
    path("history/<slug:subject>/<int:record>/", HistoryViewSet.as_view({"get": "read"}),
         name="api-history"),
    path("search/", SearchViewSet.as_view({"get": "list"}), name="api-search"),
    path("security/", SecurityViewSet.as_view({"get": "read"}), name="api-security"),
    path("security/end-sessions/", SecurityViewSet.as_view({"post": "end_sessions"}),
         name="api-end-sessions"),
    path("mail-texts/", MailTextViewSet.as_view({"get": "list"}), name="api-mail-texts"),
    path("mail-texts/<slug:kind>/<slug:language>/",
         MailTextViewSet.as_view({"get": "read", "put": "save", "delete": "reset"}),
         name="api-mail-text"),
    path("wage-delivery/<int:employee>/invite/", WageAccessViewSet.as_view({"post": "create"}),
         name="api-wage-access"),
    *router.urls,
]  # fmt: skip
