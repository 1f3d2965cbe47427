"""Questions as they are found by search (Suche in den Rückfragen): by title, party, and what was said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from erp.access.gate import Access
from erp.access.permissions import Permission
from erp.companies.models import Company
from erp.core.bulk import among
from erp.core.spelling import looked_up_by
from erp.fiduciary.models import Question, QuestionMessage
from erp.fiduciary.questions import is_of_firm, seen_by
from erp.search import kinds
from erp.search.asking import amount_word
from erp.search.kinds import Hit, Index
from erp.search.sources import Changed


def _words(company: Company, ids: Sequence[int]) -> Mapping[int, set[str]]:
    """Of the thread and all its messages, with the names of their files; two queries."""
    said: dict[int, list[str]] = defaultdict(list)
    messages = QuestionMessage.of(company).filter(question__in=among(ids))
    for pk, text, file in messages.values_list("question", "text", "file__name"):
        said[pk] += [text, file or ""]
    rows = (
        Question.of(company).filter(pk__in=among(ids)).values_list("pk", "amount", "title", "party")
    )
    return {
        pk: looked_up_by([*texts, *said[pk]]) | ({amount_word(amount)} if amount else set())
        for pk, amount, *texts in rows
    }


def _questions(access: Access, ids: Sequence[int]) -> Iterator[Hit]:
    """Of those that somebody may see: a firm's staff the threads of their firm alone."""
    for one in seen_by(access.company, access.user).filter(pk__in=ids):
        yield Hit(
            one.pk, one.title, reverse("question", args=[access.company.pk, one.pk]),
            note=one.get_state_display(), day=one.opened_at.date(),
        )  # fmt: skip


def _hides(access: Access) -> bool:
    return is_of_firm(access.company, access.user)


def register() -> None:
    kinds.register(
        "questions", label=_("Questions"), permission=Permission.QUESTIONS_READ,
        index=Index(8, Changed(Question, "question"), _words, _questions, hides=_hides),
    )  # fmt: skip
