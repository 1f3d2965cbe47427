from django.apps import AppConfig


class VatConfig(AppConfig):
    name = "vat"
    default_auto_field = "django.db.models.BigAutoField"
