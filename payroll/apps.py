from django.apps import AppConfig


class PayrollConfig(AppConfig):
    name = "payroll"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from contacts import merging
        from payroll.setup import institutions
        from payroll.wage_types import usage

        usage.register_own()
        merging.register(
            "institutions", institutions.follow, institutions.has_any, label=_("institutions")
        )
