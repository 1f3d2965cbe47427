"""What acts are called in the trail."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

#: Every action that is ever recorded, in people's words.
ACTIONS: Final[dict[str, Any]] = {
    "account.add": _("Account opened"),
    "account.change": _("Account changed"),
    "account.delete": _("Account deleted"),
    "bank_account.add": _("Bank account added"),
    "bank_account.change": _("Bank account changed"),
    "chart.set_up": _("Chart of accounts set up"),
    "company.change": _("Company changed"),
    "company.found": _("Company added"),
    "cost_unit.add": _("Cost centre or object added"),
    "cost_unit.change": _("Cost centre or object changed"),
    "draft.delete": _("Draft deleted"),
    "entries.post": _("Entries posted"),
    "entry.post": _("Entry posted"),
    "file.store": _("File stored"),
    "member.grant": _("Access given"),
    "member.withdraw": _("Access withdrawn"),
    "period.lock": _("Period locked or opened"),
    "statement.import": _("Statement imported"),
    "template.delete": _("Template deleted"),
    "template.save": _("Template saved"),
    "template.skip": _("Recurring entry skipped"),
    "vat.change_code": _("VAT code changed"),
    "vat.change_settings": _("VAT settings changed"),
    "year.delete": _("Fiscal year deleted"),
    "year.open": _("Fiscal year opened"),
}
