from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "contacts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from contacts.touching import bank_accounts
        from erp.reference import touching

        touching.register("contacts", bank_accounts, sources=["banks"])
