"""What is to be done for each client each month (Checklisten)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from erp.fiduciary.models.base import FirmOwned, OfClient


class Check(models.TextChoices):
    """What the program asks the books itself before a step is signed off."""

    BANK = "bank", _("all bank lines are booked")
    BANK_AGREES = "bank_agrees", _("bank and ledger agree")
    INBOX = "inbox", _("the inbox is empty")
    VOUCHERS = "vouchers", _("no vouchers are missing")
    DRAFTS = "drafts", _("no drafts of entries are left")
    CONTROL = "control", _("control accounts agree with open items")
    PAYROLL = "payroll", _("the payroll run of the month is posted")
    VAT = "vat", _("VAT returns of ended periods are filed")
    LOCK = "lock", _("the month is locked")


class ChecklistTemplate(FirmOwned):
    """Steps that come again every month, quarter or year (Checklistenvorlage)."""

    class Rhythm(models.TextChoices):
        MONTH = "month", pgettext_lazy("checklist", "every month")
        QUARTER = "quarter", _("every quarter")
        YEAR = "year", _("every year")

    name = models.CharField(_("name"), max_length=80)
    is_off = models.BooleanField(_("no longer used"), default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("checklist")
        constraints = [
            models.UniqueConstraint(fields=["firm", "name"], name="checklist_template_once"),
            models.UniqueConstraint(fields=["firm", "id"], name="checklist_template_of_firm"),
        ]

    def __str__(self) -> str:
        return self.name


class ChecklistStep(FirmOwned):
    """A step of a checklist; ``due_day`` counts from the end of the month, quarter or year."""

    template = models.ForeignKey(
        ChecklistTemplate, on_delete=models.CASCADE, related_name="steps", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    position = models.PositiveSmallIntegerField()
    text = models.CharField(_("step"), max_length=160)
    rhythm = models.CharField(
        _("rhythm"), max_length=7, choices=ChecklistTemplate.Rhythm,
        default=ChecklistTemplate.Rhythm.MONTH,
    )  # fmt: skip
    due_day = models.PositiveSmallIntegerField(_("days after the end"), default=20)
    check_code = models.CharField(
        _("asked by the program"), max_length=12, choices=Check, blank=True
    )

    class Meta:
        verbose_name = _("step")
        constraints = [
            models.UniqueConstraint(fields=["template", "position"], name="checklist_step_once"),
            models.UniqueConstraint(fields=["firm", "id"], name="checklist_step_of_firm"),
        ]

    def __str__(self) -> str:
        return self.text


class ChecklistItem(OfClient):
    """A step for a client and a month (Pendenz), until somebody signs it off.

    ``month`` is its first day; ``step_id`` the step it was made from, as long as that is there, or None
    for one of its own.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("checklist", "open")
        DONE = "done", pgettext_lazy("checklist", "done")
        NOT_NEEDED = "not_needed", pgettext_lazy("checklist", "not needed")

    month = models.DateField(_("month"))
    step_id = models.BigIntegerField(null=True)
    position = models.PositiveSmallIntegerField(default=0)
    text = models.CharField(_("step"), max_length=160)
    check_code = models.CharField(
        _("asked by the program"), max_length=12, choices=Check, blank=True
    )
    due_on = models.DateField(_("due"))
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True,
        db_index=False, verbose_name=_("responsible"),
    )  # fmt: skip
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True,
        db_index=False, verbose_name=_("signed off by"),
    )  # fmt: skip
    signed_at = models.DateTimeField(_("signed off at"), null=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("checklist item")
        constraints = [
            models.UniqueConstraint(
                fields=["firm", "company", "month", "step_id"], name="checklist_item_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", signed_by=None, signed_at=None)
                | (~models.Q(state="open")
                   & models.Q(signed_by__isnull=False, signed_at__isnull=False)),
                name="checklist_item_signed_when_over",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["company", "firm", "due_on"], name="checklist_item_open",
                condition=models.Q(state="open"),
            ),
            models.Index(
                fields=["firm", "step_id"], name="checklist_item_of_step",
                condition=models.Q(step_id__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.text
