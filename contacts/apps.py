from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "contacts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from contacts import searching
        from contacts.models import Contact
        from contacts.touching import bank_accounts
        from erp.access.permissions import Permission
        from erp.own_fields import subjects
        from erp.reference import touching

        touching.register("contacts", bank_accounts, sources=["banks"])
        subjects.register(
            Contact.OWN_FIELDS, label=_("Contacts"), settings=Permission.CONTACTS_SETTINGS,
            values_of=subjects.counted(Contact),
        )  # fmt: skip
        searching.register()
