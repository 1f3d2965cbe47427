"""Categories of assets with their rules, assets, what happened to them, and runs of depreciation."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounting.ledger.models import Account, CostCentre, CostObject, FiscalYear, JournalEntry
from accounting.ledger.models.years import DateRange
from accounting.terms.models import fk
from erp.companies.models import CompanyOwned, Multilingual
from erp.documents.models import StoredFile


class Method(models.TextChoices):
    """How an asset loses its value (Abschreibungsmethode)."""

    DECLINING = "declining", _("declining, on book value")
    LINEAR = "linear", _("straight-line, on cost")
    IMMEDIATE = "immediate", _("at once")
    MANUAL = "manual", _("by hand")


class AssetCategory(CompanyOwned, Multilingual):
    """Assets that are kept on the same accounts and depreciated alike (Anlagekategorie).

    ``contra`` is the account of accumulated depreciation (indirect); without one ``account`` itself
    is credited (direct). ``gain`` and ``loss`` take what a disposal brings beyond book value, or
    lacks of it.
    """

    code = models.CharField(_("code"), max_length=10)
    account = fk(Account, _("asset account"))
    contra = fk(Account, _("account of accumulated depreciation"), null=True, blank=True)
    expense = fk(Account, _("depreciation account"))
    gain = fk(Account, _("account of gains on disposal"))
    loss = fk(Account, _("account of losses on disposal"))
    version = models.PositiveIntegerField(default=1, editable=False)

    history_parts = ("rules",)

    class Meta:
        verbose_name = _("asset category")
        constraints = [
            models.UniqueConstraint(fields=["company", "code"], name="asset_category_once"),
            models.CheckConstraint(
                condition=Q(contra=None) | ~Q(contra=F("account")),
                name="asset_category_contra_is_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def credited(self) -> Account:
        """The account that depreciation is credited to."""
        return self.contra or self.account


class AssetRule(CompanyOwned):
    """How assets of a category are depreciated from a day on (Abschreibungsregel).

    ``rate`` is in percent of a year; ``life_months`` the useful life, whose end takes what is left.
    ``pro_rata`` counts a first year by its months, else it is a whole one. ``residual`` is what a
    new asset keeps to the end, in the company's currency (pro memoria). ``ceiling`` names the class
    whose highest tax rates are held against what is depreciated; blank for none.
    """

    category = models.ForeignKey(
        AssetCategory, on_delete=models.CASCADE, related_name="rules", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    valid_from = models.DateField(_("valid from"))
    method = models.CharField(_("method"), max_length=9, choices=Method, default=Method.DECLINING)
    rate = models.DecimalField(
        _("rate in percent"), max_digits=5, decimal_places=2, default=Decimal(0)
    )
    life_months = models.PositiveSmallIntegerField(
        _("useful life in months"), null=True, blank=True
    )
    pro_rata = models.BooleanField(_("first year by months"), default=True)
    residual = models.DecimalField(
        _("residual value"), max_digits=15, decimal_places=2, default=Decimal("1.00")
    )
    ceiling = models.CharField(_("tax class"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("rule of depreciation")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "category", "valid_from"], name="asset_rule_once"
            ),
            models.CheckConstraint(
                condition=Q(rate__gte=0, rate__lte=100, residual__gte=0),
                name="asset_rule_possible",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from} {self.get_method_display()}"


class Asset(CompanyOwned):
    """A thing of lasting use (Anlage, Anlagegut).

    It holds no amounts: cost and accumulated depreciation are the sums of its movements. A blank
    ``method`` is its category's, with rate and useful life; else ``rate`` and ``life_months`` are
    its own. ``disposed_on`` is set while a disposal stands.
    """

    Method = Method

    number = models.CharField(_("number"), max_length=20)
    name = models.CharField(_("name"), max_length=120)
    category = fk(AssetCategory, _("category"))
    cost_centre = fk(CostCentre, _("cost centre"), null=True, blank=True)
    cost_object = fk(CostObject, _("cost object"), null=True, blank=True)
    acquired_on = models.DateField(_("acquired on"))
    in_service_on = models.DateField(_("in service from"))
    serial_number = models.CharField(_("serial number"), max_length=60, blank=True)
    location = models.CharField(_("location"), max_length=80, blank=True)
    notes = models.TextField(_("notes"), max_length=2000, blank=True)
    voucher = models.CharField(_("voucher"), max_length=40, blank=True)
    method = models.CharField(_("method"), max_length=9, choices=Method, blank=True)
    rate = models.DecimalField(
        _("rate in percent"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    life_months = models.PositiveSmallIntegerField(
        _("useful life in months"), null=True, blank=True
    )
    residual = models.DecimalField(
        _("residual value"), max_digits=15, decimal_places=2, default=Decimal("1.00")
    )
    disposed_on = models.DateField(_("disposed of on"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("asset")
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="asset_number_once"),
            models.CheckConstraint(
                condition=Q(in_service_on__gte=F("acquired_on"), residual__gte=0)
                & (Q(rate=None) | Q(rate__gte=0, rate__lte=100)),
                name="asset_possible",
            ),
            models.CheckConstraint(
                condition=Q(disposed_on=None) | Q(disposed_on__gte=F("in_service_on")),
                name="asset_disposed_after_service",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "category"], name="asset_of_category"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class AssetVoucher(CompanyOwned):
    """A stored original that belongs to an asset (Beleg zur Anlage): its purchase paper, a photo, a guarantee."""

    asset = models.ForeignKey(
        Asset, on_delete=models.PROTECT, related_name="vouchers", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    file = fk(StoredFile, _("file"))
    added_at = models.DateTimeField(_("added at"))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False,
        verbose_name=_("added by"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("voucher of an asset")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "asset", "file"], name="asset_voucher_once"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.file.name


class DepreciationRun(CompanyOwned):
    """Depreciation of all assets until a day, in one entry (Abschreibungslauf).

    It covers ``start`` to ``end``, within a fiscal year; runs that stand never overlap. ``reversal``
    is the entry that undid it.
    """

    fiscal_year = fk(FiscalYear, _("fiscal year"))
    start = models.DateField(_("from"))
    end = models.DateField(_("until"))
    count = models.PositiveIntegerField(_("assets"))
    total = models.DecimalField(_("depreciation"), max_digits=15, decimal_places=2)
    entry = fk(JournalEntry, _("journal entry"))
    reversal = fk(JournalEntry, _("reversed by"), null=True, blank=True)
    created_at = models.DateTimeField(_("written at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False,
        verbose_name=_("written by"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("depreciation run")
        constraints = [
            models.CheckConstraint(condition=Q(end__gte=F("start")), name="asset_run_ends_later"),
            ExclusionConstraint(
                name="asset_runs_do_not_overlap",
                expressions=[
                    ("company", RangeOperators.EQUAL),
                    (DateRange("start", "end", RangeBoundary(True, True)), RangeOperators.OVERLAPS),
                ],
                condition=Q(reversal=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.start:%d.%m.%Y} - {self.end:%d.%m.%Y}"

    @property
    def stands(self) -> bool:
        return self.reversal_id is None


class AssetMovement(CompanyOwned):
    """What changed an asset's cost or its accumulated depreciation (Anlagenbewegung). Only ever added.

    ``cost`` and ``depreciation`` are what was added to either, in the company's currency; an undoing
    movement has the opposite signs and names what it ``undoes``. ``entry`` is where the ledger says the
    same: the line ``position`` of a purchase, the whole entry of what the register itself posted; none
    of what was taken over, nor of what moves nothing between accounts. A transfer is two movements, out
    of a category and into another.
    """

    class Kind(models.TextChoices):
        OPENING = "opening", _("taken over")
        PURCHASE = "purchase", _("addition")
        DEPRECIATION = "depreciation", _("depreciation")
        WRITE_DOWN = "write_down", _("impairment")
        WRITE_UP = "write_up", _("write-up")
        TRANSFER = "transfer", _("transfer")
        DISPOSAL = "disposal", _("disposal")

    asset = models.ForeignKey(
        Asset, on_delete=models.PROTECT, related_name="movements", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    category = fk(AssetCategory, _("category"))
    date = models.DateField(_("date"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    cost = models.DecimalField(_("cost"), max_digits=15, decimal_places=2, default=Decimal(0))
    depreciation = models.DecimalField(
        _("accumulated depreciation"), max_digits=15, decimal_places=2, default=Decimal(0)
    )
    entry = fk(JournalEntry, _("journal entry"), null=True, blank=True)
    position = models.PositiveIntegerField(null=True, blank=True)
    #: The line that says what a sale brought.
    proceeds_entry = fk(JournalEntry, _("proceeds"), null=True, blank=True)
    proceeds_position = models.PositiveIntegerField(null=True, blank=True)
    run = fk(DepreciationRun, _("depreciation run"), null=True, blank=True)
    undoes = fk("self", _("undoes"), null=True, blank=True)  # type: ignore[arg-type]
    told = models.JSONField(_("how it came"), default=dict, blank=True)
    text = models.CharField(_("text"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("asset movement")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "undoes"], name="asset_movement_undone_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="opening", entry=None)
                | Q(kind__in=["disposal", "transfer"])
                | (Q(entry__isnull=False) & ~Q(kind="opening")),
                name="asset_movement_is_in_the_ledger",
            ),
            models.CheckConstraint(
                condition=Q(kind="purchase", position__isnull=False)
                | (~Q(kind="purchase") & Q(position=None)),
                name="asset_movement_names_its_line",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "asset", "date"], name="asset_movement_of_asset"),
            models.Index(
                fields=["company", "entry"], name="asset_movement_of_entry",
                condition=Q(entry__isnull=False),
            ),
            models.Index(
                fields=["company", "proceeds_entry"], name="asset_movement_of_proceeds",
                condition=Q(proceeds_entry__isnull=False),
            ),
            models.Index(
                fields=["company", "run"], name="asset_movement_of_run",
                condition=Q(run__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.date} {self.get_kind_display()}"

    @property
    def reckoned(self) -> dict[str, Decimal]:
        """The amounts and rates of ``told``."""
        return {name: Decimal(value) for name, value in self.told.items()
                if isinstance(value, str) and name != "method"}  # fmt: skip
