"""A fiduciary's firm, its staff, and the mandates that clients give it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.access.models import Invited, Role
from erp.access.permissions import Permission, ready_rights
from erp.companies.models import CompanyOwned


class Firm(models.Model):
    """An organisation that holds mandates in companies (Treuhandfirma).

    Clients name it by its ``code``, which the firm tells them. Those who lead one that
    ``may_found`` open the books of new clients themselves; an operator says so.
    """

    name = models.CharField(_("name"), max_length=120)
    code = models.CharField(_("code"), max_length=12, unique=True)
    created_at = models.DateTimeField(_("since"))
    may_found = models.BooleanField(_("may add companies"), default=False)

    def __str__(self) -> str:
        return self.name

    @property
    def short_name(self) -> str:
        """What its files are called by."""
        return self.code.lower()


class FirmStaff(models.Model):
    """Somebody who works for a firm (Mitarbeiterin): in its clients as far as the team role goes."""

    class TeamRole(models.TextChoices):
        LEAD = "lead", _("Lead: all that the mandate grants")
        ACCOUNTANT = "accountant", _("Accountant: keeps the books")
        ASSISTANT = "assistant", _("Assistant: drafts only")
        REVIEWER = "reviewer", _("Reviewer: looks only")

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="staff", db_index=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="firms", db_index=False
    )
    team_role = models.CharField(_("team role"), max_length=12, choices=TeamRole)
    is_manager = models.BooleanField(_("manages the firm"), default=False)
    since = models.DateTimeField(_("since"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["firm", "user"], name="staff_once")]
        indexes = [models.Index(fields=["user"], name="staff_of_user")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_team_role_display()}"

    @property
    def may_found(self) -> bool:
        """Whether they may take on new clients: those who lead or manage a firm that may."""
        return self.firm.may_found and (self.is_manager or self.team_role == self.TeamRole.LEAD)

    @property
    def rights(self) -> frozenset[str]:
        """What the team role lets through of a mandate."""
        if self.team_role == self.TeamRole.LEAD:
            return frozenset(Permission.values)
        ready = {"accountant": "bookkeeper", "assistant": "assistant", "reviewer": "auditor"}
        return ready_rights(ready[self.team_role])


class FirmInvitation(Invited):
    """A word to an address that it may work for a firm, with a team role."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+", db_index=False)
    team_role = models.CharField(_("team role"), max_length=12, choices=FirmStaff.TeamRole.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["firm", "email"],
                name="firm_invitation_once",
                condition=Q(accepted_at=None, withdrawn_at=None),
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(withdrawn_at=None),
                name="firm_invitation_one_end",
            ),
        ]
        indexes = [models.Index(fields=["digest"], name="firm_invitation_by_token")]

    @property
    def whereto(self) -> str:
        return str(self.firm)


class Mandate(CompanyOwned):
    """A firm may work in a company with a role of the company's (Mandat), until it is ended.

    The runtime role may end a mandate, and change nothing else of it.
    """

    firm = models.ForeignKey(
        Firm, on_delete=models.PROTECT, related_name="mandates", db_index=False
    )
    role = models.ForeignKey(
        Role, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("given by"), db_index=False,
    )  # fmt: skip
    given_at = models.DateTimeField(_("given at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True,
        verbose_name=_("ended by"), db_index=False,
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "firm"], condition=Q(ended_at=None), name="mandate_once"
            ),
        ]
        indexes = [models.Index(fields=["firm"], name="mandate_of_firm")]

    def __str__(self) -> str:
        return str(self.firm)

    @classmethod
    def running_for(cls, user_id: int) -> models.QuerySet[Mandate]:
        """The mandates in force by which somebody works, as far as they can be seen."""
        return cls.unscoped.filter(ended_at=None, firm__staff__user=user_id)
