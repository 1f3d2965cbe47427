from django.apps import AppConfig


class AccountingConfig(AppConfig):
    name = "accounting"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounting.banking.touching import bank_accounts
        from accounting.ledger import posting, verifying
        from accounting.open_items import checking
        from accounting.terms import following
        from erp.reference import touching

        posting.before_reversal.append(checking.require_no_items)
        verifying.further_proofs.append(checking.proof)
        following.register()
        touching.register("banking", bank_accounts, sources=["banks"])
