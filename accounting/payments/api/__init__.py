"""``/api/v1/companies/{company}/payment-…/`` and ``…/payee-accounts/``."""

from rest_framework.routers import SimpleRouter

from accounting.payments.api.others import (
    PayeeAccountViewSet,
    PaymentInstructionViewSet,
    PaymentSettingsViewSet,
    PaymentsJournalViewSet,
)
from accounting.payments.api.runs import PaymentProposalViewSet, PaymentRunViewSet

router = SimpleRouter()
for name, viewset in (
    ("payment-proposal", PaymentProposalViewSet),
    ("payment-runs", PaymentRunViewSet),
    ("payment-instructions", PaymentInstructionViewSet),
    ("payee-accounts", PayeeAccountViewSet),
    ("payment-settings", PaymentSettingsViewSet),
    ("payments-journal", PaymentsJournalViewSet),
):
    router.register(name, viewset, basename=name)
urls = router.urls
