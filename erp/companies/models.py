"""The client whose books are kept, and the base of all that belongs to one."""

from __future__ import annotations

from types import MethodType
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.fields.related import lazy_related_operation
from django.db.models.signals import class_prepared
from django.dispatch import receiver
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Language(models.TextChoices):
    """The national languages of commerce, and English."""

    DE = "de", _("German")
    FR = "fr", _("French")
    IT = "it", _("Italian")
    EN = "en", _("English")


class Module(models.TextChoices):
    """What a company can switch on and off. Switching off hides; it never deletes."""

    LEDGER = "ledger", _("Ledger")
    BANKING = "banking", _("Banking")
    VAT = "vat", _("VAT")
    COST_ACCOUNTING = "costs", _("Cost accounting")
    RECEIVABLES = "receivables", _("Debtors")
    PAYABLES = "payables", _("Creditors")
    PAYROLL = "payroll", _("Payroll")
    HOURS = "hours", _("Projects and hours")
    EXPENSES = "expenses", _("Expenses")
    ASSETS = "assets", _("Fixed assets")


class LegalForm(models.TextChoices):
    """Legal forms (Rechtsformen) that change the chart's equity accounts."""

    SOLE_PROPRIETOR = "sole", _("Sole proprietorship")
    PARTNERSHIP = "partnership", _("General or limited partnership")
    LLC = "llc", _("Limited liability company (GmbH)")
    CORPORATION = "corporation", _("Corporation (AG)")
    COOPERATIVE = "cooperative", _("Cooperative")
    ASSOCIATION = "association", _("Association")
    FOUNDATION = "foundation", _("Foundation")


class SetupStep(models.TextChoices):
    """What the guided set-up (Einrichtung) of a company goes through, in its order."""

    COMPANY = "company", _("Company and fiscal year")
    VAT = "vat", _("VAT")
    BANK = "bank", _("Bank accounts")
    LAYOUT = "layout", _("Logo and layout")
    PAYROLL = "payroll", _("Payroll")
    PEOPLE = "people", _("People and fiduciary")
    OPENING = "opening", _("Opening balances")


#: What a company switches on itself: with debtors, creditors and payroll on, nobody posts to their
#: control accounts by hand; hours, expenses and fixed assets are not everybody's.
BY_CHOICE = frozenset(
    {
        Module.RECEIVABLES,
        Module.PAYABLES,
        Module.PAYROLL,
        Module.HOURS,
        Module.EXPENSES,
        Module.ASSETS,
    }
)


def modules_at_first() -> list[str]:
    """What a new company has switched on."""
    return [module.value for module in Module if module not in BY_CHOICE]


class Company(models.Model):
    """A client whose books are kept (Mandant). Its ``id`` is the client number."""

    short_name = models.SlugField(_("short name"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=120)
    legal_form = models.CharField(_("legal form"), max_length=12, choices=LegalForm)
    uid = models.CharField(_("UID"), max_length=12, blank=True)
    street = models.CharField(_("street"), max_length=70, blank=True)
    house_number = models.CharField(_("house number"), max_length=16, blank=True)
    postcode = models.CharField(_("postcode"), max_length=16, blank=True)
    town = models.CharField(_("town"), max_length=35, blank=True)
    country = models.CharField(_("country"), max_length=2, default="CH")
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.DE)
    currency = models.CharField(_("currency"), max_length=3, default="CHF")
    logo_digest = models.CharField(max_length=64, blank=True, editable=False)
    fiscal_year_start = models.PositiveSmallIntegerField(_("fiscal year starts in"), default=1)
    modules = ArrayField(
        models.CharField(max_length=12, choices=Module), default=modules_at_first, blank=True
    )
    #: What its guided set-up still asks for; whether it is done is seen in the data itself.
    setup_steps = ArrayField(
        models.CharField(max_length=8, choices=SetupStep), default=list, blank=True,
        verbose_name=_("steps of the set-up"),
    )  # fmt: skip
    created_at = models.DateTimeField(_("created at"))
    #: The number that seals of its books name, where they were begun in another installation.
    sealed_as = models.BigIntegerField(null=True, editable=False)
    #: The highest number by which its seals name people who came along with its books; all others
    #: they name by numbers above it.
    people_above = models.BigIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(fiscal_year_start__range=(1, 12)), name="company_start_month"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def uses(self, module: str) -> bool:
        return module in self.modules

    @property
    def seal_number(self) -> int:
        """What the company is called in the hash chains of its books and its trail."""
        return self.pk if self.sealed_as is None else self.sealed_as


class CompanyOwned(models.Model):
    """A row of one client (Mandant). There is no ``objects``: every query says whose rows.

    Row-level security lies under it for what slips through. Foreign keys have no index of their
    own: each table's indexes begin with the company, and a lone index on the company alone would
    tempt the planner to read all of a client's rows.
    """

    company = models.ForeignKey(
        Company,
        on_delete=models.PROTECT,
        verbose_name=_("client"),
        related_name="+",
        db_index=False,
    )

    unscoped: models.Manager[Any] = models.Manager()

    class Meta:
        abstract = True

    @classmethod
    def of(cls, company: Company | int) -> models.QuerySet[Self]:
        return cls.unscoped.filter(company=company)


def _within(field: Any, alias: str | None, related_alias: str) -> Any:
    """What a join along a key between clients' tables asks besides: that both rows are of one client.

    With several companies open an ``id`` may stand for a row in each of them.
    """
    if alias is None:
        return None
    other, own = (model._meta.get_field("company") for model in (field.related_model, field.model))
    return other.get_lookup("exact")(other.get_col(alias), own.get_col(related_alias))


def _fetched_within(_field: Any, row: Any) -> dict[str, Any]:
    """What following a key asks besides, row by row: the same."""
    return {} if row.company_id is None else {"company": row.company_id}


@receiver(class_prepared)
def _join_within(sender: type[models.Model], **_more: Any) -> None:
    """Let joins along keys to a client's rows stay within the client, whoever writes the query."""
    if all(field.name != "company" for field in sender._meta.local_fields):
        return
    for field in sender._meta.local_fields:
        if isinstance(field, models.ForeignKey):
            lazy_related_operation(_let_join_within, sender, field.remote_field.model, field=field)


def _let_join_within(_model: Any, related: type[models.Model], field: Any) -> None:
    if issubclass(related, CompanyOwned):
        field.get_extra_restriction = MethodType(_within, field)
        field.get_extra_descriptor_filter = MethodType(_fetched_within, field)


class Multilingual(models.Model):
    """A thing with a name in each language; a missing one falls back to the first filled."""

    name_de = models.CharField(_("name (German)"), max_length=160, blank=True)
    name_fr = models.CharField(_("name (French)"), max_length=160, blank=True)
    name_it = models.CharField(_("name (Italian)"), max_length=160, blank=True)
    name_en = models.CharField(_("name (English)"), max_length=160, blank=True)

    class Meta:
        abstract = True

    @property
    def name(self) -> str:
        return self.name_in(get_language() or "de")

    def name_in(self, language: str) -> str:
        names = (self.name_de, self.name_fr, self.name_it, self.name_en)
        wanted = getattr(self, f"name_{language[:2]}", "")
        return wanted or next((name for name in names if name), "")
