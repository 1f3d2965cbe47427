"""How a company duns: procedures with their levels, fees and texts."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounting.receivables.dunning import defaults
from erp.companies.models import CompanyOwned, Language, Multilingual

#: Interest on what is paid late, in percent of a year, unless more was agreed. Source: OR 104.
LEGAL_INTEREST: Final = Decimal("5.00")


class Interest(models.TextChoices):
    """What a letter does with interest on arrears (Verzugszins)."""

    OFF = "off", _("none")
    SHOWN = "shown", _("shown, not demanded")
    CHARGED = "charged", _("demanded")


class Channel(models.TextChoices):
    """How a letter goes out."""

    AUTO = "auto", _("e-mail where there is an address, else on paper")
    MAIL = "mail", _("e-mail")
    PRINT = "print", _("on paper")


class DunningProcedure(CompanyOwned, Multilingual):
    """An order of levels (Mahnverfahren). One of a company counts for all who have no other.

    Below ``minimum``, in the currency of the letter, a customer is not dunned. With ``post_fees``
    each fee is opened as an item of its own; otherwise it is claimed on the letter alone.
    """

    code = models.CharField(_("code"), max_length=20)
    is_default = models.BooleanField(_("for all customers"), default=False)
    minimum = models.DecimalField(
        _("least amount to dun"), max_digits=9, decimal_places=2, default=Decimal(0)
    )
    post_fees = models.BooleanField(_("post fees as claims"), default=False)

    class Meta:
        verbose_name = _("dunning procedure")
        constraints = [
            models.UniqueConstraint(fields=["company", "code"], name="dunning_procedure_once"),
            models.UniqueConstraint(
                fields=["company"], condition=Q(is_default=True), name="dunning_default_once"
            ),
            models.CheckConstraint(condition=Q(minimum__gte=0), name="dunning_minimum_positive"),
        ]

    def __str__(self) -> str:
        return self.name or self.code


class DunningLevel(CompanyOwned):
    """A level (Mahnstufe) of a procedure. A change of it does not change letters written.

    An item reaches the level when it has been due for ``days_after_due`` days, and the letter of
    the level before is ``days_after_step`` days old. The letter gives ``period`` days to pay.
    """

    procedure = models.ForeignKey(
        DunningProcedure, on_delete=models.CASCADE, related_name="levels", db_constraint=False,
        db_index=False, verbose_name=_("dunning procedure"),
    )  # fmt: skip
    step = models.PositiveSmallIntegerField(_("level"))
    days_after_due = models.PositiveSmallIntegerField(_("days after the due date"))
    days_after_step = models.PositiveSmallIntegerField(_("days after the letter before"), default=0)
    period = models.PositiveSmallIntegerField(_("new period in days"), default=10)
    channel = models.CharField(_("sent"), max_length=5, choices=Channel, default=Channel.AUTO)
    interest = models.CharField(
        _("interest on arrears"), max_length=7, choices=Interest, default=Interest.OFF
    )
    interest_percent = models.DecimalField(
        _("percent of a year"), max_digits=4, decimal_places=2, default=LEGAL_INTEREST
    )

    class Meta:
        verbose_name = _("dunning level")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "procedure", "step"], name="dunning_level_once"
            ),
            models.CheckConstraint(condition=Q(step__range=(1, 9)), name="dunning_level_step"),
            models.CheckConstraint(
                condition=Q(interest_percent__range=(0, 20)), name="dunning_level_interest"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.procedure} {self.step}"

    @property
    def title(self) -> str:
        """What its letters are called in the language of whoever looks; its texts were read."""
        language = (get_language() or "de")[:2]
        own = next((text.title for text in self.texts.all() if text.language == language), "")
        return own or defaults.wording(self.step, language).title


class DunningFee(CompanyOwned):
    """What a letter of a level costs, in a currency (Mahngebühr)."""

    level = models.ForeignKey(
        DunningLevel, on_delete=models.CASCADE, related_name="fees", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    currency = models.CharField(_("currency"), max_length=3)
    amount = models.DecimalField(_("fee"), max_digits=7, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "level", "currency"], name="dunning_fee_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="dunning_fee_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.amount}"


class DunningText(CompanyOwned):
    """What the letters of a level say in a language."""

    level = models.ForeignKey(
        DunningLevel, on_delete=models.CASCADE, related_name="texts", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    language = models.CharField(_("language"), max_length=2, choices=Language)
    title = models.CharField(_("title"), max_length=80)
    intro = models.TextField(_("before the list"), max_length=2000, blank=True)
    closing = models.TextField(_("after the list"), max_length=2000, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "level", "language"], name="dunning_text_once"
            ),
        ]

    def __str__(self) -> str:
        return self.title
