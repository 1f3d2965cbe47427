"""A piece of long work and its log. The row is the truth; the queue only carries its number."""

from __future__ import annotations

from typing import Any, Final, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.access.tokens.models import AppToken
from erp.companies.models import Company, CompanyOwned
from erp.documents.models import StoredFile
from erp.jobs import kinds

MOST_LINES: Final = 500  # of a job's log
LONGEST_LINE: Final = 500


class State(models.TextChoices):
    """Where a job stands. The last three are for good."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


OPEN: Final = (State.WAITING, State.RUNNING)


def _person(name: Any) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True,
        verbose_name=name, db_index=False,
    )  # fmt: skip


class Placed(CompanyOwned):
    """A row of a company, or without one of the installation itself."""

    company = models.ForeignKey(  # type: ignore[assignment]
        Company, on_delete=models.PROTECT, verbose_name=_("client"), related_name="+",
        db_index=False, null=True,
    )  # fmt: skip

    class Meta:
        abstract = True

    @classmethod
    def of_place(cls, company: int | None) -> models.QuerySet[Self]:
        """A company's rows by its number; with None those of the installation."""
        return cls.unscoped.filter(company=company)


class Job(Placed):
    """Work that takes longer than a page may (Auftrag): of a company, or of the installation.

    ``step`` counts what is done for good, and ``cursor`` says where the next step goes on; both
    move in the transaction of the step itself. Whoever works on it holds ``lease`` until
    ``lease_until``; when that passes, another may take over. What is asked for never changes, and
    what is over never comes back: the database refuses it.
    """

    kind = models.CharField(_("kind"), max_length=60)
    arguments = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    by = _person(_("by"))
    token = models.ForeignKey(
        AppToken, on_delete=models.PROTECT, related_name="+", null=True, db_index=False,
        db_constraint=False,
    )  # fmt: skip
    key = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(_("started at"))

    enqueued_at = models.DateTimeField(null=True)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.WAITING)
    step = models.PositiveIntegerField(default=0)
    cursor = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    furthest = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=200, blank=True)
    lines = models.PositiveSmallIntegerField(default=0)
    began_at = models.DateTimeField(_("begun at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    heartbeat_at = models.DateTimeField(null=True)

    lease = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    cancel_asked_at = models.DateTimeField(null=True)
    cancel_asked_by = _person(_("cancelled by"))

    result = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, related_name="+", null=True, db_index=False,
        db_constraint=False,
    )  # fmt: skip
    error_code = models.CharField(max_length=60, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = [
            models.UniqueConstraint(fields=["company", "id"], name="job_of_company"),
            models.UniqueConstraint(
                fields=["company", "kind", "key"], name="job_once", condition=~Q(key=""),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(company=None) | Q(by__isnull=False), name="job_has_a_doer"
            ),
            models.CheckConstraint(
                condition=Q(company__isnull=False) | Q(file=None, token=None),
                name="job_of_installation",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, finished_at=None)
                | (~Q(state__in=OPEN) & Q(finished_at__isnull=False)),
                name="job_finished_when_over",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["company", "-id"], name="job_of_company_newest"),
            models.Index(fields=["company", "by", "-id"], name="job_of_person_newest"),
            models.Index(fields=["enqueued_at"], name="job_open", condition=Q(state__in=OPEN)),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.pk}"

    @property
    def title(self) -> str:
        """What the job does, in the language of whoever looks."""
        return kinds.title_of(self.kind)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_cancelling(self) -> bool:
        """Whether it will end before its next step."""
        return self.is_open and self.cancel_asked_at is not None

    @property
    def percent(self) -> int | None:
        """How far it has come, where it knows how much there is to do."""
        if self.state == State.DONE:
            return 100
        return min(100, self.done * 100 // self.total) if self.total else None


class JobLine(Placed):
    """A line of a job's log; only ever added, in the transaction of the step it tells of."""

    job = models.ForeignKey(
        Job, on_delete=models.PROTECT, related_name="log", db_index=False, db_constraint=False
    )
    at = models.DateTimeField(_("at"))
    text = models.CharField(_("text"), max_length=LONGEST_LINE)

    class Meta:
        indexes = [models.Index(fields=["company", "job", "id"], name="job_line_in_order")]

    def __str__(self) -> str:
        return self.text
