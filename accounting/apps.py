from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountingConfig(AppConfig):
    name = "accounting"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounting.banking.touching import bank_accounts
        from accounting.ledger import posting, verifying
        from accounting.open_items import checking
        from accounting.receivables.dunning import stops
        from contacts import merging
        from erp.reference import touching

        posting.before_reversal.append(checking.require_no_items)
        verifying.further_proofs.append(checking.proof)
        merging.register("dunning", stops.follow, stops.has_any, label=_("Dunning letters"))
        touching.register("banking", bank_accounts, sources=["banks"])
