"""Endpoints of employees."""

from __future__ import annotations

from rest_framework.routers import SimpleRouter

from payroll.employees.api.facts import FactViewSet
from payroll.employees.api.imports import EmployeeImportViewSet
from payroll.employees.api.parts import EmployeeFileViewSet, LeaveViewSet
from payroll.employees.api.people import EmployeeViewSet, EmploymentViewSet

router = SimpleRouter()
for name, endpoints in (
    ("employees", EmployeeViewSet),
    ("employments", EmploymentViewSet),
    ("employee-facts", FactViewSet),
    ("employee-leave", LeaveViewSet),
    ("employee-files", EmployeeFileViewSet),
    ("employee-imports", EmployeeImportViewSet),
):
    router.register(name, endpoints, basename=f"api-{name}")
urls = router.urls
