"""Endpoints of employees."""

from __future__ import annotations

from django.urls import path
from rest_framework.routers import SimpleRouter

from payroll.employees.api.facts import FactViewSet
from payroll.employees.api.parts import EmployeeFileViewSet, EmployeeImportViewSet, LeaveViewSet
from payroll.employees.api.people import EmployeeViewSet, EmploymentViewSet

router = SimpleRouter()
for name, endpoints in (
    ("employees", EmployeeViewSet),
    ("employments", EmploymentViewSet),
    ("employee-facts", FactViewSet),
    ("employee-leave", LeaveViewSet),
    ("employee-files", EmployeeFileViewSet),
):
    router.register(name, endpoints, basename=f"api-{name}")
urls = [
    path("employee-imports/", EmployeeImportViewSet.as_view({"post": "create"}), name="employee-imports"),
    *router.urls,
]  # fmt: skip
