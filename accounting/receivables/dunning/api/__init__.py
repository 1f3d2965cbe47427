"""``/api/v1/companies/{company}/dunning-…/`` and ``…/account-statements/``."""

from rest_framework.routers import SimpleRouter

from accounting.receivables.dunning.api.runs import (
    DunningLetterViewSet,
    DunningPlanViewSet,
    DunningRunViewSet,
)
from accounting.receivables.dunning.api.settings import DunningLevelViewSet, DunningProcedureViewSet
from accounting.receivables.dunning.api.statements import AccountStatementViewSet
from accounting.receivables.dunning.api.stops import CustomerDunningViewSet, DunningStopViewSet

router = SimpleRouter()
for name, viewset in (
    ("dunning-plan", DunningPlanViewSet),
    ("dunning-runs", DunningRunViewSet),
    ("dunning-letters", DunningLetterViewSet),
    ("dunning-stops", DunningStopViewSet),
    ("dunning-customers", CustomerDunningViewSet),
    ("dunning-procedures", DunningProcedureViewSet),
    ("dunning-levels", DunningLevelViewSet),
    ("account-statements", AccountStatementViewSet),
):
    router.register(name, viewset, basename=name)
urls = router.urls
