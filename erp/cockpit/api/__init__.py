"""Endpoints under the roof: companies, who may do what in them, and who did."""

from django.urls import path
from rest_framework.parsers import MultiPartParser
from rest_framework.routers import SimpleRouter

from erp.cockpit.api.companies import CompaniesViewSet, OneCompanyViewSet
from erp.cockpit.api.members import AuditEventViewSet, MemberViewSet, RoleViewSet

router = SimpleRouter()
router.register("members", MemberViewSet, basename="members")
router.register("roles", RoleViewSet, basename="roles")
router.register("audit-events", AuditEventViewSet, basename="audit-events")

general = [
    path("companies/", CompaniesViewSet.as_view({"get": "list", "post": "create"}),
         name="api-companies"),
]  # fmt: skip
of_company = [
    path("", OneCompanyViewSet.as_view({"get": "read", "patch": "change"}), name="api-company"),
    path("logo/", OneCompanyViewSet.as_view({"put": "logo"}, parser_classes=[MultiPartParser]),
         name="api-company-logo"),
    *router.urls,
]  # fmt: skip
