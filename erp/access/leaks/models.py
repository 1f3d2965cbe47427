"""What is kept of leaks: address, name and day of the breach. Never what was stolen."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.access.leaks.domains import LONGEST
from erp.companies.models import CompanyOwned

LONGEST_ALIAS = 64
LONGEST_BREACH = 100


class MailDomain(CompanyOwned):
    """A domain of a company's addresses that is watched for leaks (überwachte Maildomain).

    It is watched only while it is proven (``verified``): somebody who decides about the company's
    security signs in with an address in it, and the source knows it as the domain of its customer.
    """

    class State(models.TextChoices):
        UNVERIFIED = "unverified", _("not checked yet")
        VERIFIED = "verified", _("watched")
        REFUSED = "refused", _("refused")

    class Problem(models.TextChoices):
        NO_MEMBER = "no_member", _("Nobody who may change security signs in with an address in it")
        NOT_SUBSCRIBED = "not_subscribed", _("The source does not know it as one of its customer's")
        NO_ANSWER = "no_answer", _("The source did not answer; it will be asked again")

    domain = models.CharField(_("domain"), max_length=LONGEST)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.UNVERIFIED)
    problem = models.CharField(_("problem"), max_length=20, choices=Problem, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("added by"),
        db_index=False,
    )
    added_at = models.DateTimeField(_("added at"))
    checked_at = models.DateTimeField(_("checked at"), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "domain"], name="mail_domain_once"),
        ]

    def __str__(self) -> str:
        return self.domain


class LeakFinding(CompanyOwned):
    """An address of a company's that stands in a known breach (Fund).

    ``user`` is set where the address was a member's when it was found. Findings stay when their
    domain is no longer watched, so that nobody is told of the same one again.
    """

    class State(models.TextChoices):
        NEW = "new", _("new")
        TOLD = "told", _("told")
        SETTLED = "settled", _("settled")

    domain = models.CharField(_("domain"), max_length=LONGEST)
    alias = models.CharField(_("before the @"), max_length=LONGEST_ALIAS)
    breach = models.CharField(_("breach"), max_length=LONGEST_BREACH)
    breach_date = models.DateField(_("day of the breach"), null=True)
    found_at = models.DateTimeField(_("found at"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("person"),
        null=True,
        db_index=False,
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.NEW)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "domain", "alias", "breach"], name="leak_finding_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.breach}"

    @property
    def address(self) -> str:
        return f"{self.alias}@{self.domain}"
