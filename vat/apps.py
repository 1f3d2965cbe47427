from django.apps import AppConfig


class VatConfig(AppConfig):
    name = "vat"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounting.ledger import posting
        from erp.reference.sources import vat_rates
        from vat.codes.queries import all_rates
        from vat.returns import settling

        vat_rates.compare_with(all_rates)
        posting.before_reversal.append(settling.require_not_settlement)
