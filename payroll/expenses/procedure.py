"""What payroll and expenses tell in the procedure documentation: how wages are set up, nothing of people."""

from __future__ import annotations

from accounting.procedure.values import Asked, Content, Table, facts_of, label, register, shown
from erp.access.permissions import Permission
from erp.companies.models import Module
from payroll.setup.models import Institution
from payroll.setup.settings import settings_of

SETTINGS = ("rounding", "weekly_hours", "pay_day", "simplified", "by_cost_centre", "commission")
INSTITUTION = ("kind", "name", "active_until")


def wages(asked: Asked) -> Content:
    """Settings and institutions, for who may see payroll; two queries."""
    if not asked.may(Permission.PAYROLL_READ):
        return Content(withheld=(Permission.PAYROLL_READ,))
    rows = Institution.of(asked.company).order_by("kind", "name")
    title = str(Institution._meta.verbose_name_plural)
    return Content(
        facts_of(settings_of(asked.company), SETTINGS),
        (Table(title[:1].upper() + title[1:], tuple(label(Institution, one) for one in INSTITUTION),
               tuple(tuple(shown(one, name) for name in INSTITUTION) for one in rows)),),
    )  # fmt: skip


def expenses(asked: Asked) -> Content:
    """Of expenses the text says all."""
    return Content()


def register_own() -> None:
    """Both chapters."""
    register("payroll", wages, module=Module.PAYROLL)
    register("expenses", expenses, module=Module.EXPENSES)
