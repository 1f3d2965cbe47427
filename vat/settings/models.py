"""Which account belongs to which granted activity."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.companies.models import CompanyOwned


class ActivityAccount(CompanyOwned):
    """An account whose turnover belongs to a granted activity (Ertragskonto einer Tätigkeit).

    With several net tax rates, turnover is kept on separate income accounts (MWSTV Art. 84 to 89).
    """

    account = models.ForeignKey(
        "accounting.Account", on_delete=models.PROTECT, related_name="+", db_constraint=False,
        db_index=False, verbose_name=_("account"),
    )  # fmt: skip
    activity_code = models.CharField(_("activity code"), max_length=5)

    class Meta:
        verbose_name = _("account of an activity")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "account"], name="vat_activity_account_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.activity_code}"
