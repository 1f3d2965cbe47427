from django.apps import AppConfig


class VatConfig(AppConfig):
    name = "vat"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from accounting.ledger import posting
        from contacts import merging
        from erp.reference.sources import vat_rates
        from vat.codes.queries import all_rates
        from vat.returns import office, settling, year_end

        vat_rates.compare_with(all_rates)
        posting.before_reversal.append(settling.require_not_settlement)
        merging.register("tax_office", office.follow, office.has_any, label=_("the tax office"))
        year_end.register_own()
