"""People who are paid, their employments, and what is known of them from a day on."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounting.ledger.models.years import DateRange
from contacts.models import Contact
from erp.companies.models import CompanyOwned
from erp.core.sealed import Sealed, SealedField
from erp.jobs.models import Job
from payroll.employees.facts import AnyFact, ImportReport, LeaveBooking, Personal


class Employee(Sealed, CompanyOwned):
    """A person who is or was paid (Mitarbeiterin, Mitarbeiter).

    Name, address, phone and language are those of the ``contact``, so that nothing is kept twice.
    """

    number = models.CharField(_("personnel number"), max_length=12)
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False,
        verbose_name=_("contact"),
    )  # fmt: skip
    personal = SealedField(Personal)
    own_values = models.JSONField(_("own fields"), default=dict, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created at"))

    OWN_FIELDS = "employee"

    class Meta:
        verbose_name = _("employee")
        verbose_name_plural = _("employees")
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="employee_number_once"),
            models.UniqueConstraint(fields=["company", "contact"], name="employee_contact_once"),
        ]

    def __str__(self) -> str:
        return self.number


class Employment(CompanyOwned):
    """From entry to exit (Anstellung). Somebody may come back; two never overlap."""

    employee = models.ForeignKey(
        Employee, on_delete=models.PROTECT, related_name="employments", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    entry = models.DateField(_("entry"))
    exit = models.DateField(_("exit"), null=True, blank=True)
    function = models.CharField(_("function"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("employment")
        ordering = ["entry"]
        constraints = [
            models.CheckConstraint(
                condition=Q(exit=None) | Q(exit__gte=F("entry")), name="employment_ends_after_entry"
            ),
            ExclusionConstraint(
                name="employments_do_not_overlap",
                expressions=[
                    ("company", RangeOperators.EQUAL),
                    ("employee", RangeOperators.EQUAL),
                    (DateRange("entry", "exit", RangeBoundary(inclusive_lower=True, inclusive_upper=True)),
                     RangeOperators.OVERLAPS),
                ],
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.entry} – {self.exit or ''}"


class Fact(Sealed, CompanyOwned):
    """Something about a person that holds from a day on (Angabe mit Gültigkeit), sealed.

    ``kind`` is the tag of ``content``. Of most kinds one holds at a time: the next one ends it. Of
    others (children, recurring wages) there are several beside each other, told apart by ``key``;
    they end by ``valid_until``.
    """

    employee = models.ForeignKey(
        Employee, on_delete=models.PROTECT, related_name="facts", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    kind = models.CharField(_("kind"), max_length=16)
    key = models.CharField(max_length=12, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    content = SealedField(AnyFact)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("fact")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "employee", "kind", "key", "valid_from"], name="fact_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="fact_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.valid_from}"


class EmployeeFile(Sealed, CompanyOwned):
    """A document of a person's file (Personaldossier), sealed with its title."""

    employee = models.ForeignKey(
        Employee, on_delete=models.PROTECT, related_name="files", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    title = SealedField(str, verbose_name=_("title"))  # it may tell what somebody suffers from
    media_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField(_("size"))
    content = SealedField(bytes)
    added_at = models.DateTimeField(_("added at"))

    class Meta:
        verbose_name = _("document")
        indexes = [models.Index(fields=["company", "employee"], name="file_of_employee")]

    def __str__(self) -> str:
        return self.media_type


class LeaveEntry(Sealed, CompanyOwned):
    """Holidays or overtime that came or went (Ferien- und Überzeitbuchung), sealed."""

    employee = models.ForeignKey(
        Employee, on_delete=models.PROTECT, related_name="leave", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    date = models.DateField(_("date"))
    content = SealedField(LeaveBooking)

    class Meta:
        verbose_name = _("leave booking")
        indexes = [
            models.Index(fields=["company", "employee", "date"], name="leave_of_employee"),
        ]

    def __str__(self) -> str:
        return str(self.date)


class EmployeeUpload(Sealed, CompanyOwned):
    """A long file of people (Importdatei), sealed while a job works on it; then no more than what
    became of it. The database takes ``content`` away when the job is over.
    """

    job = models.ForeignKey(
        Job, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    content = SealedField(bytes, null=True)
    report = SealedField(ImportReport, null=True)
    at = models.DateTimeField(_("uploaded at"))

    class Meta:
        verbose_name = _("file of employees")
        constraints = [
            models.UniqueConstraint(fields=["company", "job"], name="employee_upload_once"),
        ]

    def __str__(self) -> str:
        return str(self.job_id)
