"""Questions are found by search and followed by copies: each side and each firm what it may see."""

from __future__ import annotations

import pytest
from django.db import transaction

from accounting.payables.capture.receiving import Incoming
from erp.access.gate import access_to, operating
from erp.changes.models import Change
from erp.cockpit import firms
from erp.companies.models import Module
from erp.fiduciary import questions
from erp.fiduciary.models import Question
from erp.search import finding
from tests import make
from tests.accounting.payables.capture import papers
from tests.erp.changes.mirror import Mirror, until_all_is_told
from tests.erp.client import Api
from tests.erp.fiduciary.conftest import mandate

LINK = "https://x.ch/c/1/questions/"


def found(company, by, text):
    hits = finding.find(access_to(company.pk, user=by), text, kinds=["questions"])
    return [hit.label for one in hits for hit in one.hits]


@pytest.mark.django_db
def test_a_thread_is_found_by_its_title_what_was_said_and_its_amount():
    company = make.company(modules=Module.values)
    owner, lead, other = make.owner_of(company), make.user(), make.user()
    operator = make.user(is_operator=True)
    for name, who in (("Arnold", lead), ("Berger", other)):
        mandate(company, firms.found_firm(name=name, manager=who, by=operator))
    entry = make.rent(company, amount="2345.60", by=owner)
    asked = questions.ask(company=company, by=lead, title="Miete März", text="Wofür ist das?", link=LINK,
                          subject="entry", subject_id=entry.pk, amount=entry.lines.first().debit)  # fmt: skip
    questions.ask(company=company, by=other, title="Andere Sache", link=LINK)
    assert found(company, lead, "maerz miete") == found(company, owner, "wofür") == ["Miete März"]
    assert found(company, owner, "2345.60") == ["Miete März"]
    assert found(company, owner, "sache") == ["Andere Sache"]
    assert found(company, lead, "sache") == []  # of another firm
    assert found(company, other, "miete") == []
    file = Incoming("Untermiete.pdf", papers.blank())
    questions.answer(asked, by=owner, text="Für das Lager in Zuchwil", file=file)
    assert found(company, lead, "zuchwil") == found(company, lead, "untermiete") == ["Miete März"]
    reader = make.user(company=company, granted=["company.read", "contacts.read"])
    assert found(company, reader, "miete") == []
    hit = Api(company, owner).get("search/", q="lager zuchwil").json()["results"][0]
    assert (hit["kind"], hit["id"], hit["url"]) == (
        "questions", asked.pk, f"/c/{company.pk}/questions/{asked.pk}/")  # fmt: skip


def test_a_copy_follows_threads_and_what_is_said(committed_db):
    company = make_company()
    with operating(str(company.pk)):
        owner, lead, other = make.owner_of(company), make.user(), make.user()
        operator = make.user(is_operator=True)
        for name, who in (("Arnold", lead), ("Berger", other)):
            mandate(company, firms.found_firm(name=name, manager=who, by=operator))
    api = Api(company, owner)
    everything, still_open = Mirror(api, "questions/"), Mirror(api, "questions/", open="true")
    of_others = Mirror(Api(company, other), "questions/")
    with operating(str(company.pk)):
        asked = questions.ask(
            company=company, by=lead, title="Miete März", text="Wofür?", link=LINK
        )
    everything.until(lambda: asked.pk in everything.rows)
    still_open.until(lambda: asked.pk in still_open.rows)
    with operating(str(company.pk)):
        questions.answer(asked, by=owner, text="Lager")
    everything.until(lambda: everything.rows[asked.pk]["state"] == "answered")
    with operating(str(company.pk)):
        questions.close(asked, by=lead)
    everything.until(lambda: everything.rows[asked.pk]["state"] == "closed")
    still_open.until(lambda: asked.pk not in still_open.rows)  # told as gone
    of_others.refresh()
    assert of_others.rows == {}


def test_a_copy_of_a_firm_learns_nothing_of_the_threads_of_others(committed_db):
    """Neither ids nor how many there are, nor when something was said in them; of its own all."""
    company = make_company()
    with operating(str(company.pk)):
        owner, lead, other = make.owner_of(company), make.user(), make.user()
        operator = make.user(is_operator=True)
        for name, who in (("Arnold", lead), ("Berger", other)):
            mandate(company, firms.found_firm(name=name, manager=who, by=operator))
    api = Api(company, other)
    copy = Mirror(api, "questions/", open="true")
    with operating(str(company.pk)):
        own = questions.ask(company=company, by=other, title="Eigene", link=LINK)
    copy.until(lambda: own.pk in copy.rows)
    with operating(str(company.pk)):
        theirs = [questions.ask(company=company, by=lead, title=f"Nr. {nth}", link=LINK).pk
                  for nth in range(3)]  # fmt: skip
    with operating(str(company.pk)):
        questions.close(own, by=other)
    with operating(str(company.pk)):
        questions.answer(Question.of(company).get(pk=theirs[2]), by=owner, text="Ja")
    until_all_is_told()
    answers, cursor = [], copy.cursor
    while True:
        told = api.get("questions/", open="true", changed_since=cursor, page_size=1).json()
        answers.append((told["results"], told["gone"]))
        cursor = told["cursor"]
        if not told["more"]:
            break
    assert [one for one in answers if any(one)] == [([], [own.pk])]  # it left the filter
    assert len(answers) <= 2 and int(cursor.split(".")[2]) not in theirs
    begun = api.get("questions/", changed_since="").json()["cursor"]
    with operating(str(company.pk)):
        places = set(Change.of(company).filter(resource="question", record__in=theirs)
                     .values_list("place", flat=True))  # fmt: skip
    assert places and not {int(one.split(".")[1]) for one in (cursor, begun)} & places
    everything = Api(company, owner).get("questions/", changed_since=copy.cursor).json()
    assert {row["id"] for row in everything["results"]} == {own.pk, *theirs}


@pytest.mark.django_db
def test_a_thread_is_found_behind_many_of_another_firm():
    company = make.company(modules=Module.values)
    owner, lead, other = make.owner_of(company), make.user(), make.user()
    operator = make.user(is_operator=True)
    for name, who in (("Arnold", lead), ("Berger", other)):
        mandate(company, firms.found_firm(name=name, manager=who, by=operator))
    for nth in range(2):
        questions.ask(company=company, by=lead, title=f"Miete {nth}", link=LINK)
    for nth in range(finding.MOST + 2):
        questions.ask(company=company, by=other, title=f"Miete für andere {nth}", link=LINK)
    access_to(company.pk, user=owner)
    for _again in range(2):  # behind the words that are kept, and among them
        assert found(company, lead, "miete") == ["Miete 1", "Miete 0"]
        assert found(company, lead, "mie") == ["Miete 1", "Miete 0"]
        assert found(company, lead, "miete 1") == ["Miete 1"]
        assert len(found(company, other, "miete")) == len(found(company, owner, "miete")) == 8


def make_company():
    with transaction.atomic():
        return make.company(modules=Module.values)
