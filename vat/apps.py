from django.apps import AppConfig


class VatConfig(AppConfig):
    name = "vat"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from erp.reference.sources import vat_rates
        from vat.codes.queries import all_rates

        vat_rates.compare_with(all_rates)
