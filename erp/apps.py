"""The foundation as a Django app."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

OWN_APPS = frozenset({"erp", "contacts", "vat", "accounting", "payroll"})


class ErpConfig(AppConfig):
    name = "erp"
    verbose_name = "Rappen"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.conf import settings

        from erp import (
            celery,  # noqa: F401 - tasks find their queue through it
            checks,  # noqa: F401 - registers itself
        )
        from erp.access.recovery import listening as of_recovery  # noqa: F401 - as below
        from erp.access.sign_in import (
            listening,  # noqa: F401 - connects its receivers
            sealing,  # noqa: F401 - connects its own, and seals what is being set up
        )
        from erp.core import clock, crashpoints
        from erp.fiduciary import aside
        from erp.fiduciary import searching as of_questions
        from erp.reference import own, touching
        from erp.web import asides

        if settings.CRASH_AT:
            crashpoints.arm(settings.CRASH_AT)
        if settings.CLOCK_AT:
            clock.stand_still(dt.datetime.fromisoformat(settings.CLOCK_AT))

        asides.register("questions", aside.show)
        of_questions.register()
        touching.register("companies", own.addresses, sources=["localities"])
        post_migrate.connect(_grant_library_tables, dispatch_uid="rappen-grants")


def _grant_library_tables(app_config: AppConfig, using: str, **_: Any) -> None:
    """Let the runtime role use the tables of libraries (sessions, sign-in).

    Tables of our own apps get their grants, one by one, in their migrations.
    """
    from django.db import connections

    from erp.core.tenancy import grant_statements

    if app_config.label in OWN_APPS:
        return
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for model in app_config.get_models(include_auto_created=True):
            table = model._meta.db_table
            if table in tables:
                for statement in grant_statements(table, ("SELECT", "INSERT", "UPDATE", "DELETE")):
                    cursor.execute(statement)
