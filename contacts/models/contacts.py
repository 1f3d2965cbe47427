"""Persons and organisations, their groups, and the keys they are found by."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.companies.models import CompanyOwned, Language, Multilingual


class Contact(CompanyOwned):
    """A person or an organisation that a company has to do with (Adresse).

    ``name`` is what it is called in full: an organisation's own, of a person put together from the
    parts. ``sort_name`` and ``search`` are kept by ``contacts.keys`` for lists. ``version`` counts
    saves. A contact that was merged into another stays as a pointer to it.
    """

    class Kind(models.TextChoices):
        PERSON = "person", _("person")
        ORGANISATION = "organisation", _("organisation")

    class Salutation(models.TextChoices):
        NONE = "", _("neutral")
        MR = "mr", _("Mr")
        MS = "ms", _("Ms")
        FAMILY = "family", _("family")
        COUPLE = "couple", _("Ms and Mr")

    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    name = models.CharField(_("name"), max_length=140)
    name_addition = models.CharField(_("name addition"), max_length=70, blank=True)
    salutation = models.CharField(_("salutation"), max_length=6, choices=Salutation, blank=True)
    title = models.CharField(_("title"), max_length=30, blank=True)
    first_name = models.CharField(_("first name"), max_length=60, blank=True)
    last_name = models.CharField(_("last name"), max_length=70, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.DE)
    uid = models.CharField(_("UID"), max_length=12, blank=True)
    notes = models.TextField(_("notes"), blank=True, max_length=4000)
    own_values = models.JSONField(_("own fields"), default=dict)
    archived_at = models.DateTimeField(_("archived at"), null=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False,
        null=True, verbose_name=_("merged into"),
    )  # fmt: skip
    sort_name = models.CharField(max_length=140, db_collation="C", editable=False)
    search = models.TextField(editable=False, default="")
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created at"))
    changed_at = models.DateTimeField(_("changed at"))

    OWN_FIELDS = "contact"  # the subject of its own fields
    called_in_full = True  # the trail tells it by all of its name

    class Meta:
        verbose_name = _("contact")
        indexes = [
            models.Index(fields=["company", "sort_name", "id"], name="contact_by_name"),
            models.Index(fields=["company", "merged_into"], name="contact_by_merge",
                         condition=Q(merged_into__isnull=False)),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="contact_number_once"),
            models.CheckConstraint(condition=~Q(name=""), name="contact_has_a_name"),
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(archived_at__isnull=False),
                name="contact_merged_is_archived",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_organisation(self) -> bool:
        return self.kind == self.Kind.ORGANISATION


class ContactGroup(CompanyOwned, Multilingual):
    """A group of contacts (Gruppe): customers, members, press …"""

    code = models.CharField(_("code"), max_length=20)

    class Meta:
        verbose_name = _("contact group")
        constraints = [
            models.UniqueConstraint(fields=["company", "code"], name="contact_group_once"),
        ]

    def __str__(self) -> str:
        return self.name


class ContactMembership(CompanyOwned):
    """A contact is in a group."""

    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="memberships", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    group = models.ForeignKey(
        ContactGroup, on_delete=models.CASCADE, related_name="memberships", db_constraint=False,
        db_index=False,
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "contact", "group"], name="contact_in_group_once"
            ),
        ]
        indexes = [models.Index(fields=["company", "group", "contact"], name="contacts_of_group")]

    def __str__(self) -> str:
        return f"{self.contact_id} {self.group_id}"


class ContactKey(CompanyOwned):
    """What a contact is recognised by, in a form that the same things share (Suchschlüssel)."""

    class Kind(models.TextChoices):
        NAME = "name", _("same name")
        SOUND = "sound", _("name sounds alike")
        PHONE = "phone", _("same phone number")
        MAIL = "mail", _("same e-mail address")
        UID = "uid", _("same UID")
        IBAN = "iban", _("same bank account")
        PLACE = "place", _("same postcode")
        STREET = "street", _("same address")
        WORD = "word", _("same word")

    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="keys", db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=6, choices=Kind)
    key = models.CharField(max_length=140, db_collation="C")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "contact", "kind", "key"], name="contact_key_once"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "kind", "key", "contact"], name="contact_by_key")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
