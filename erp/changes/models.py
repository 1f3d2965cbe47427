"""What changed last, and when (Änderungen): a row for each record that is followed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from erp.companies.models import CompanyOwned


class Change(CompanyOwned):
    """The last change of a record, written by triggers of the database alone.

    ``place`` is the number of the transaction that made it (``pg_current_xact_id``), which is no
    order of commits: read it through ``erp.changes.delta`` only. ``gone`` is a tombstone: the
    record was deleted. Nothing here tells what a record says.
    """

    resource = models.CharField(max_length=20)
    record = models.BigIntegerField()
    place = models.BigIntegerField()
    gone = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "resource", "record"], name="change_once_per_record"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "resource", "place", "record"], name="change_in_order"),
            models.Index(fields=["company", "at"], name="change_tombstone", condition=Q(gone=True)),
        ]


class ChangeFloor(CompanyOwned):
    """How far back the changes of a resource are known: tombstones up to ``place`` are forgotten.

    The row of no resource counts ``era``: with a new one, every cursor given out before is void.
    """

    resource = models.CharField(max_length=20, blank=True)
    place = models.BigIntegerField(default=0)
    era = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "resource"], name="change_floor_once"),
        ]
