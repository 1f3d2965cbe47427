from django.apps import AppConfig


class AccountingConfig(AppConfig):
    name = "accounting"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounting import connecting

        connecting.money()
        connecting.reversals()
        connecting.searches()
        connecting.parties()
        connecting.documents()
        connecting.year_end()
        connecting.procedure()
