"""The ledger's endpoints under ``/api/v1/companies/{company}/``, a file per resource."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from accounting.ledger.api.accounts import AccountViewSet
from accounting.ledger.api.cost_units import CostCentreViewSet, CostObjectViewSet
from accounting.ledger.api.entries import DraftViewSet, JournalEntryViewSet
from accounting.ledger.api.exports import JournalExportViewSet
from accounting.ledger.api.imports import AccountImportViewSet, JournalImportViewSet
from accounting.ledger.api.rates import ExchangeRateViewSet
from accounting.ledger.api.templates import TemplateViewSet
from accounting.ledger.api.vouchers import VoucherViewSet
from accounting.ledger.api.years import FiscalYearViewSet, PeriodViewSet

router = SimpleRouter()
for name, endpoints in {
    "accounts": AccountViewSet,
    "account-imports": AccountImportViewSet,
    "journal-entries": JournalEntryViewSet,
    "journal-imports": JournalImportViewSet,
    "journal-exports": JournalExportViewSet,
    "drafts": DraftViewSet,
    "vouchers": VoucherViewSet,
    "entry-templates": TemplateViewSet,
    "fiscal-years": FiscalYearViewSet,
    "periods": PeriodViewSet,
    "cost-centres": CostCentreViewSet,
    "cost-objects": CostObjectViewSet,
}.items():
    router.register(name, endpoints, basename=name)
urls = [
    *router.urls,
    path("exchange-rate/", ExchangeRateViewSet.as_view({"get": "read"}), name="api-exchange-rate"),
]
