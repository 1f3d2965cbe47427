"""What belongs to a contact: addresses, ways to reach it, persons, bank accounts."""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from contacts.models.contacts import Contact
from erp.companies.models import CompanyOwned


class DateRange(Func):
    """``daterange(start, end, '[]')``; an open end is none."""

    function = "daterange"
    output_field = DateRangeField()


class ContactAddress(CompanyOwned):
    """A structured address (strukturierte Adresse), for a purpose and a time."""

    class Kind(models.TextChoices):
        MAIN = "main", _("main address")
        BILLING = "billing", _("billing address")
        DELIVERY = "delivery", _("delivery address")
        PRIVATE = "private", _("private address")
        OTHER = "other", _("other address")

    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="addresses", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.MAIN)
    addition = models.CharField(_("address line"), max_length=70, blank=True)
    street = models.CharField(_("street"), max_length=70, blank=True)
    house_number = models.CharField(_("house number"), max_length=16, blank=True)
    po_box = models.CharField(_("PO box"), max_length=20, blank=True)
    postcode = models.CharField(_("postcode"), max_length=16, blank=True)
    town = models.CharField(_("town"), max_length=35)
    country = models.CharField(_("country"), max_length=2, default="CH")
    canton = models.CharField(_("canton"), max_length=2, blank=True)
    bfs_nr = models.PositiveIntegerField(_("commune number"), null=True)
    valid_from = models.DateField(_("valid from"), null=True)
    valid_to = models.DateField(_("valid until"), null=True)

    class Meta:
        verbose_name = _("address")
        indexes = [models.Index(fields=["company", "contact"], name="address_of_contact")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="contact_address_ends_later",
            ),
            ExclusionConstraint(
                name="contact_addresses_do_not_overlap",
                expressions=[
                    ("company", RangeOperators.EQUAL),
                    ("contact", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (
                        DateRange("valid_from", "valid_to", RangeBoundary(True, True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=~Q(kind="other"),
            ),
        ]

    def __str__(self) -> str:
        street = " ".join(filter(None, (self.street, self.house_number)))
        box = f"PO box {self.po_box}" if self.po_box else ""
        town = " ".join(filter(None, (self.postcode, self.town)))
        return ", ".join(filter(None, (self.addition, street, box, town, self.country)))

    def counts_on(self, day: dt.date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


class Communication(CompanyOwned):
    """A way to reach a contact: phones in E.164, mail addresses in small letters, https links."""

    class Kind(models.TextChoices):
        PHONE = "phone", _("phone")
        MOBILE = "mobile", _("mobile")
        MAIL = "mail", _("e-mail")
        WEB = "web", _("web")

    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="communications", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    value = models.CharField(_("value"), max_length=254)
    extension = models.CharField(_("extension"), max_length=10, blank=True)
    label = models.CharField(_("label"), max_length=40, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("communication")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "contact", "kind", "value", "extension"],
                name="communication_once",
            ),
        ]

    def __str__(self) -> str:
        return self.value + (f" ext. {self.extension}" if self.extension else "")


class ContactPerson(CompanyOwned):
    """A person acts for an organisation (Kontaktperson)."""

    organisation = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="persons", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    person = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="organisations", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    function = models.CharField(_("function"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("contact person")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "organisation", "person"], name="contact_person_once"
            ),
            models.CheckConstraint(
                condition=~Q(organisation=F("person")), name="contact_person_of_another"
            ),
        ]
        indexes = [models.Index(fields=["company", "person"], name="contact_person_by_person")]

    def __str__(self) -> str:
        return str(self.person)


class ContactBankAccount(CompanyOwned):
    """A bank account of a contact; who pays from or to it is not known here."""

    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="bank_accounts", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    iban = models.CharField("IBAN", max_length=34)
    holder = models.CharField(_("account holder"), max_length=70, blank=True)
    bic = models.CharField("BIC", max_length=11, blank=True)
    bank = models.CharField(_("bank"), max_length=100, blank=True)
    label = models.CharField(_("label"), max_length=40, blank=True)
    valid_to = models.DateField(_("valid until"), null=True)

    class Meta:
        verbose_name = _("bank account of a contact")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "contact", "iban"], name="contact_iban_once"
            ),
        ]

    def __str__(self) -> str:
        return self.iban
