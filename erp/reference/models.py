"""Editions of what others publish (Stände), and the rows that are in force. The same for everyone.

Nothing is ever deleted: a row that an edition no longer holds is closed by ``valid_to``, what
changed is kept in ``ReferenceChange``, and an edition that was not taken stays on record.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from erp.companies.models import Multilingual
from erp.core import clock


class ReferenceVersion(models.Model):
    """An edition of a source (Stand), in force or not.

    ``scope`` says of what part, where a source publishes in parts: a day, a month, a canton's year.
    """

    class State(models.TextChoices):
        STAGED = "staged", _("waits for its day")
        ACTIVE = "active", _("in force")
        SUPERSEDED = "superseded", _("superseded")
        REFUSED = "refused", _("refused")

    class Origin(models.TextChoices):
        FETCHED = "fetched", _("fetched")
        UPLOAD = "upload", _("uploaded")
        BUNDLED = "bundled", _("bundled with the program")

    source = models.CharField(_("source"), max_length=20)
    scope = models.CharField(_("part"), max_length=20, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State)
    origin = models.CharField(_("origin"), max_length=8, choices=Origin)
    address = models.CharField(_("address or file"), max_length=300, blank=True)
    etag = models.CharField(max_length=200, blank=True)
    last_modified = models.CharField(max_length=60, blank=True)
    edition_date = models.DateField(_("edition"), null=True)
    valid_from = models.DateField(_("valid from"), null=True)
    fetched_at = models.DateTimeField(_("fetched at"), default=clock.now)
    activated_at = models.DateTimeField(_("in force since"), null=True)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    digest = models.CharField(max_length=64, blank=True)
    report = models.JSONField(_("report"), default=dict)
    content = models.BinaryField(null=True)  # packed, while it waits for its day
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True,
        db_index=False, verbose_name=_("uploaded by"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("edition")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "scope"], condition=models.Q(state="active"),
                name="reference_active_once",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["source", "-edition_date"], name="reference_by_edition")]

    def __str__(self) -> str:
        return f"{self.source} {self.scope or self.edition_date or ''} ({self.state})"


class ReferenceChange(models.Model):
    """A row that an edition changed, closed or brought back, as it was and as it is."""

    class Kind(models.TextChoices):
        CHANGED = "changed", _("changed")
        CLOSED = "closed", _("closed")
        REOPENED = "reopened", _("back again")

    version = models.ForeignKey(
        ReferenceVersion, on_delete=models.PROTECT, related_name="changes", db_constraint=False
    )
    kind = models.CharField(max_length=8, choices=Kind)
    key = models.JSONField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class SourceState(models.Model):
    """How asking a source goes (Zustand der Quelle)."""

    source = models.CharField(max_length=20, primary_key=True)
    checked_at = models.DateTimeField(_("last checked"), null=True)
    succeeded_at = models.DateTimeField(_("last success"), null=True)
    error = models.TextField(_("last error"), blank=True)
    error_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(_("operators told"), null=True)

    def __str__(self) -> str:
        return self.source


class Published(models.Model):
    """A row of a source. ``valid_from`` is blank where it was there in the first edition known.

    Nobody can delete an edition, so that keys to it need no check for each of 60,000 rows.
    """

    valid_from = models.DateField(_("valid from"), null=True)
    valid_to = models.DateField(_("valid until"), null=True)
    version = models.ForeignKey(
        ReferenceVersion, on_delete=models.PROTECT, related_name="+", db_index=False,
        db_constraint=False,
    )  # fmt: skip

    class Meta:
        abstract = True


class Bank(Published):
    """An institution by its number in IBANs (Bankenstamm, SIX)."""

    class Kind(models.TextChoices):
        UNKNOWN = "", _("unknown")
        HEAD_OFFICE = "1", _("head office")
        BRANCH = "2", _("main branch")
        QR = "4", "QR-IID"

    iid = models.CharField("IID", max_length=5, unique=True)
    successor = models.CharField(_("successor"), max_length=5, blank=True)
    qr_of = models.CharField(_("QR-IID of"), max_length=5, blank=True)
    sic_iid = models.CharField("SIC IID", max_length=6, blank=True)
    head_office = models.CharField(_("head office"), max_length=5, blank=True)
    kind = models.CharField(_("kind"), max_length=1, choices=Kind, blank=True)
    name = models.CharField(_("name"), max_length=100, blank=True)
    street = models.CharField(_("street"), max_length=70, blank=True)
    building = models.CharField(_("house number"), max_length=16, blank=True)
    postcode = models.CharField(_("postcode"), max_length=16, blank=True)
    town = models.CharField(_("town"), max_length=35, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    bic = models.CharField("BIC", max_length=11, blank=True)
    sic = models.BooleanField("SIC", null=True)
    rtgs_chf = models.BooleanField(_("customer payments CHF"), null=True)
    instant_chf = models.BooleanField(_("instant payments CHF"), null=True)
    eurosic = models.BooleanField("euroSIC", null=True)
    lsv_chf = models.BooleanField("LSV+ CHF", null=True)
    lsv_eur = models.BooleanField("LSV+ EUR", null=True)

    def __str__(self) -> str:
        return f"{self.iid} {self.name}"


class Locality(Published):
    """The part of a locality in a commune, by its postcode (Ortschaft, PLZ)."""

    class Kind(models.TextChoices):
        PLACE = "place", _("locality")
        BOX = "box", _("post-office boxes")
        COMPANY = "company", _("a company's own postcode")

    kind = models.CharField(max_length=7, choices=Kind)
    postcode = models.CharField(_("postcode"), max_length=4)
    addition = models.CharField(_("addition"), max_length=2)
    zip_id = models.PositiveIntegerField(null=True)  # ONRP of the Post
    name = models.CharField(_("locality"), max_length=60)
    bfs_nr = models.PositiveIntegerField(_("commune number"))
    commune = models.CharField(_("commune"), max_length=60, blank=True)
    canton = models.CharField(_("canton"), max_length=2, blank=True)
    country = models.CharField(_("country"), max_length=2)
    share = models.DecimalField(
        _("share of the addresses in percent"), max_digits=6, decimal_places=3, null=True
    )
    language = models.CharField(_("language"), max_length=8, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "postcode", "addition", "bfs_nr"], name="locality_once"
            ),
        ]
        indexes = [
            models.Index(fields=["postcode"], name="locality_by_postcode"),
            models.Index(OpClass(Lower("name"), "text_pattern_ops"), name="locality_by_name"),
            models.Index(fields=["bfs_nr"], name="locality_by_commune"),
        ]

    def __str__(self) -> str:
        return f"{self.postcode} {self.name}"


class Commune(Published):
    """A political commune (Gemeinde, BFS)."""

    bfs_nr = models.PositiveIntegerField(_("number"), unique=True)
    name = models.CharField(_("name"), max_length=60)
    canton = models.CharField(_("canton"), max_length=2)
    district = models.CharField(_("district"), max_length=80, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.canton})"


class Canton(Published, Multilingual):
    """A canton (Kanton)."""

    code = models.CharField(max_length=2, unique=True)
    bfs_nr = models.PositiveSmallIntegerField()
    capital = models.CharField(max_length=40)
    languages = models.CharField(max_length=20)

    def __str__(self) -> str:
        return self.code


class Country(Published, Multilingual):
    """A country (Land, ISO 3166-1)."""

    alpha2 = models.CharField(max_length=2, unique=True)
    alpha3 = models.CharField(max_length=3)
    numeric = models.CharField(max_length=3, blank=True)

    def __str__(self) -> str:
        return self.alpha2


class Currency(Published, Multilingual):
    """A currency (Währung, ISO 4217); ``minor_units`` is empty where there are none, as of gold."""

    code = models.CharField(max_length=3, unique=True)
    numeric = models.CharField(max_length=3, blank=True)
    minor_units = models.PositiveSmallIntegerField(null=True)

    def __str__(self) -> str:
        return self.code


class ExchangeRate(Published):
    """What a unit of a currency cost in francs (Devisenkurs).

    ``quoted`` is for ``unit`` as published, ``rate`` for one. ``published`` is the day of
    publication; of a monthly mean, the first day of the month it is for.
    """

    class Source(models.TextChoices):
        BAZG_DAILY = "bazg-daily", _("BAZG, daily selling rate")
        BAZG_MONTHLY = "bazg-monthly", _("BAZG, monthly mean")
        ECB = "ecb", _("ECB, mid rate (for information)")

    source = models.CharField(max_length=12, choices=Source)
    currency = models.CharField(max_length=3)
    published = models.DateField()
    unit = models.PositiveIntegerField()
    quoted = models.DecimalField(max_digits=20, decimal_places=8)
    rate = models.DecimalField(max_digits=20, decimal_places=10)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "currency", "published"], name="exchange_rate_once"
            ),
            models.CheckConstraint(
                condition=models.Q(rate__gt=0, unit__gt=0), name="exchange_rate_positive"
            ),
        ]
        indexes = [
            models.Index("source", "currency", F("valid_from").desc(), name="exchange_rate_on_day")
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.published}"


class WithholdingTariff(Published):
    """A row of a canton's withholding-tax tariff (Quellensteuertarif, ESTV).

    The row that counts is the one with the greatest ``income_from`` that is not above the income
    that determines the rate; ``income_step`` limits nothing.
    """

    class Kind(models.TextChoices):
        PROGRESSIVE = "06", _("progressive tariff")
        CATEGORY = "11", _("predefined category")
        COMMISSION = "12", _("collection commission")
        MEDIAN_WAGE = "13", _("median wage")

    canton = models.CharField(max_length=2)
    kind = models.CharField(max_length=2, choices=Kind)
    code = models.CharField(max_length=10)
    income_from = models.DecimalField(max_digits=9, decimal_places=2)
    income_step = models.DecimalField(max_digits=9, decimal_places=2)
    children = models.PositiveSmallIntegerField()
    minimum_tax = models.DecimalField(max_digits=9, decimal_places=2)
    percent = models.DecimalField(max_digits=5, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["canton", "kind", "code", "valid_from", "income_from"],
                name="withholding_tariff_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.canton} {self.code} {self.income_from}"


class Holiday(Published, Multilingual):
    """A public holiday in a canton, or in a town of it (Feiertag)."""

    class Category(models.TextChoices):
        PUBLIC = "public", _("public holiday")
        HALF_DAY = "half_day", _("half a day")
        OPTIONAL = "optional", _("usual, not official")

    canton = models.CharField(max_length=2)
    place = models.CharField(max_length=40, blank=True)
    day = models.DateField()
    category = models.CharField(max_length=8, choices=Category)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["canton", "place", "day", "name_de", "category"], name="holiday_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.canton} {self.day}"
