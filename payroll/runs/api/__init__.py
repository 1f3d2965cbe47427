"""``/api/v1/companies/{company}/payroll-runs/``, ``…/payslips/``, ``…/movements/``, ``…/movement-imports/``."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from payroll.runs.api.movements import MovementImportViewSet, MovementViewSet
from payroll.runs.api.net_to_gross import NetToGrossViewSet
from payroll.runs.api.runs import PayrollRunViewSet
from payroll.runs.api.slips import PayslipViewSet

router = SimpleRouter()
router.register("payroll-runs", PayrollRunViewSet, basename="payroll-runs")
router.register("payslips", PayslipViewSet, basename="payslips")
router.register("movements", MovementViewSet, basename="movements")
router.register("payroll/net-to-gross", NetToGrossViewSet, basename="api-net-to-gross")
urls = [
    *router.urls,
    path(
        "movement-imports/",
        MovementImportViewSet.as_view({"post": "create"}),
        name="movement-imports",
    ),
]
