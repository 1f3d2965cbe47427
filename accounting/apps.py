from django.apps import AppConfig


class AccountingConfig(AppConfig):
    name = "accounting"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounting.banking.touching import bank_accounts
        from erp.reference import touching

        touching.register("banking", bank_accounts, sources=["banks"])
