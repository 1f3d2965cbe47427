"""What is sold."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounting.ledger.models import Account, CostCentre, CostObject
from accounting.terms.models import fk
from erp.companies.models import CompanyOwned, Multilingual
from vat.codes.breakdown import Basis
from vat.codes.models import VatCode


class Product(CompanyOwned, Multilingual):
    """A product or service (Artikel, Dienstleistung), with texts in four languages.

    ``price`` is per unit in the company's currency, with or without VAT as ``basis`` says.
    """

    number = models.CharField(_("number"), max_length=30)
    text_de = models.TextField(_("description (German)"), max_length=2000, blank=True)
    text_fr = models.TextField(_("description (French)"), max_length=2000, blank=True)
    text_it = models.TextField(_("description (Italian)"), max_length=2000, blank=True)
    text_en = models.TextField(_("description (English)"), max_length=2000, blank=True)
    unit_de = models.CharField(_("unit (German)"), max_length=20, blank=True)
    unit_fr = models.CharField(_("unit (French)"), max_length=20, blank=True)
    unit_it = models.CharField(_("unit (Italian)"), max_length=20, blank=True)
    unit_en = models.CharField(_("unit (English)"), max_length=20, blank=True)
    price = models.DecimalField(_("price"), max_digits=15, decimal_places=4, default=0)
    basis = models.CharField(_("price is"), max_length=5, choices=Basis, default=Basis.NET)
    account = fk(Account, _("income account"))
    vat_code = fk(VatCode, _("VAT code"), null=True, blank=True)
    cost_centre = fk(CostCentre, _("cost centre"), null=True, blank=True)
    cost_object = fk(CostObject, _("cost object"), null=True, blank=True)
    active = models.BooleanField(_("active"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("product")
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="product_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    def text_in(self, language: str) -> str:
        """Name and description in a language, as a line of a document begins."""
        return "\n".join(filter(None, (self.name_in(language), _in(self, "text", language))))

    def unit_in(self, language: str) -> str:
        return _in(self, "unit", language)

    @property
    def unit(self) -> str:
        return self.unit_in(get_language() or "de")


def _in(product: Product, what: str, language: str) -> str:
    texts = [getattr(product, f"{what}_{code}") for code in ("de", "fr", "it", "en")]
    wanted: str = getattr(product, f"{what}_{language[:2]}", "")
    return wanted or next((text for text in texts if text), "")
