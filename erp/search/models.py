"""Words that records are found by, and how far they are kept."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from erp.companies.models import Company, CompanyOwned


class SearchWord(CompanyOwned):
    """A word of a record (Suchwort), and the record's number within its kind.

    Derived from the records, behind them, and made anew at any time. Words are compared by how they
    begin: row-level security lets the database use an index for that, but for no ``LIKE``, no
    full-text search and no amount. Amounts are words, too: ``=1234.50``.
    """

    pk = models.CompositePrimaryKey("company_id", "kind", "word", "record")
    # A proof per word that its company exists would cost more than the word.
    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    kind = models.PositiveSmallIntegerField()
    word = models.CharField(max_length=40, db_collation="C")
    record = models.BigIntegerField()

    class Meta:
        indexes = [  # of posted entries words never go
            models.Index(
                fields=["company", "kind", "record"], name="search_word_of_record",
                condition=Q(kind__gt=1),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.word}"


class SearchHead(CompanyOwned):
    """How far the words of a kind are kept: up to a place in the order its records change in.

    Of records that change at the same place, ``record`` is the last that was taken. While what was
    there at the beginning is gone through (``filling``), ``record`` is the last of these.
    Places are those of ``epoch``: in another one, everything is read again.
    """

    kind = models.PositiveSmallIntegerField()
    place = models.BigIntegerField(default=0)
    record = models.BigIntegerField(default=0)
    filling = models.BooleanField(default=False)
    epoch = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "kind"], name="search_head_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.place}.{self.record}"
