"""``/api/v1/companies/{company}/vat-returns/``."""

from rest_framework.routers import SimpleRouter

from vat.returns.api.instalments import VatInstalmentViewSet
from vat.returns.api.returns import TaxOfficeViewSet, VatReturnViewSet

router = SimpleRouter()
router.register("vat-returns", VatReturnViewSet, basename="vat-returns")
router.register("vat-instalments", VatInstalmentViewSet, basename="vat-instalments")
router.register("tax-office", TaxOfficeViewSet, basename="tax-office")
urls = router.urls
