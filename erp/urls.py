"""All addresses. Rooms bring their pages (`/c/{company}/…`) and endpoints (`/api/v1/…`)."""

from __future__ import annotations

from django.urls import include, path

from accounting.archive import urls as archive
from accounting.assets import urls as assets
from accounting.banking import urls as banking
from accounting.budgets import urls as budgets
from accounting.cash import urls as cash
from accounting.closing import urls as closing
from accounting.hours import urls as hours
from accounting.ledger import urls as ledger
from accounting.liquidity import urls as liquidity
from accounting.open_items import urls as open_items
from accounting.payables import urls as payables
from accounting.payments import urls as payments
from accounting.procedure import urls as procedure
from accounting.purchases_reports import urls as purchases_reports
from accounting.receivables import urls as receivables
from accounting.statements import urls as statements
from accounting.terms import urls as terms
from accounting.valuation import urls as valuation
from contacts import urls as contacts
from erp.access.sign_in import urls as sign_in
from erp.api.document import Browser, Document
from erp.cockpit import urls as cockpit
from erp.fiduciary import urls as fiduciary
from erp.handover import urls as handover
from erp.manual import urls as manual
from erp.manual.views import ToScreen
from erp.operation import urls as operation
from erp.web.health import healthz, readyz
from erp.web.language import choose_language
from erp.web.manifest import manifest
from payroll.declarations import urls as payroll_declarations
from payroll.delivery import urls as payroll_delivery
from payroll.employees import urls as employees
from payroll.expenses import urls as expenses
from payroll.portal import urls as payroll_portal
from payroll.rates import urls as payroll_rates
from payroll.runs import urls as payroll_runs
from payroll.settlements import urls as payroll_settlements
from payroll.setup import urls as payroll_setup
from payroll.wage_types import urls as wage_types
from vat.codes import urls as vat_codes
from vat.returns import urls as vat_returns
from vat.returns.yearly import urls as vat_years
from vat.settings import urls as vat_settings

handler400 = "erp.web.unanswered.bad_request"
handler403 = "erp.web.unanswered.forbidden"
handler404 = "erp.web.unanswered.not_found"
handler500 = "erp.web.unanswered.broken"

ROOMS = [
    cockpit, contacts, ledger, open_items, terms, banking, cash, purchases_reports, vat_codes, budgets, payments,
    receivables, payables, statements, liquidity, vat_settings, vat_returns, vat_years,
    wage_types, payroll_runs, payroll_setup,
    payroll_rates, employees, payroll_declarations, payroll_settlements,
    payroll_delivery, payroll_portal, fiduciary, handover,
    hours, expenses, archive, closing, procedure, valuation, assets,
]  # fmt: skip

pages = [pattern for room in ROOMS for pattern in room.pages]
endpoints = [pattern for room in ROOMS for pattern in room.endpoints]

urlpatterns = [
    *cockpit.entrance,
    *operation.entrance,
    path("firms/<int:firm>/", include(fiduciary.firm_pages)),
    path("c/<int:company>/", include(pages)),
    path("api/v1/companies/<int:company>/", include(endpoints)),
    path("api/v1/", include(cockpit.general_endpoints)),
    path("api/v1/", include(operation.general_endpoints)),
    path("api/v1/firms/<int:firm>/", include(fiduciary.firm_endpoints)),
    path("api/v1/openapi.json", Document.as_view(), name="openapi"),
    path("api/v1/docs/", Browser.as_view(), name="api-docs"),
    path("help/", include(manual.pages)),
    path("screens/<slug:name>/", ToScreen.as_view(), name="screen"),
    path("accounts/", include(sign_in.accounts)),
    path("_allauth/", include((sign_in.headless, "headless"), namespace="headless")),
    path("language/", choose_language, name="language"),
    path("manifest.webmanifest", manifest, name="manifest"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]
