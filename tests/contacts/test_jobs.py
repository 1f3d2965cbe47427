"""Imports by page: looked at, confirmed, and in the background when the file is large."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from contacts import jobs
from contacts.models import Contact
from erp.core import spreadsheets
from erp.core.tenancy import open_companies
from erp.jobs import running
from erp.jobs.models import Job, State
from erp.jobs.queries import lines_of

pytestmark = pytest.mark.django_db


def file(count, bad=()):
    lines = ["Firma;Telefon\n"]
    lines += [f"Firma {n} AG;{'12' if n in bad else '041 870 00 00'}\n" for n in range(count)]
    return SimpleUploadedFile("adressen.csv", "".join(lines).encode())


def look(page, content):
    answer = page.post(page.start + "import/", {"file": content})
    assert answer.status_code == 200, answer.content
    return answer.context["kept"], answer.context["preview"]


def worked(answer):
    number = int(answer["Location"].rstrip("/").rpartition("/")[2])
    company = int(answer["Location"].split("/")[2])
    running.run(number, company)
    open_companies([company])
    return Job.of_place(company).get(pk=number)


def test_a_file_is_looked_at_and_then_imported(page, company):
    kept, preview = look(page, file(3))
    assert (len(preview.new), preview.refusals) == (3, []) and not Contact.of(company).exists()
    answer = page.post(page.start + "import/", {"kept": kept, "confirm": "1"})
    assert answer["Location"] == page.start and Contact.of(company).count() == 3
    again = page.post(page.start + "import/", {"kept": kept, "confirm": "1"})
    assert again.status_code == 422 and Contact.of(company).count() == 3


def test_bad_rows_are_told_and_the_good_ones_come_if_asked(page, company):
    kept, preview = look(page, file(5, bad={2}))
    assert len(preview.refusals) == 1
    answer = page.post(page.start + "import/", {"kept": kept, "confirm": "1"})
    assert answer.status_code == 422 and not Contact.of(company).exists()
    page.post(page.start + "import/", {"kept": kept, "confirm": "good"})
    assert Contact.of(company).count() == 4


def test_columns_are_assigned_on_the_page(page, company):
    content = SimpleUploadedFile("x.csv", b"Bezeichnung;Wo\nA AG;Bern\n")
    refused = page.post(page.start + "import/", {"file": content})
    assert refused.status_code == 422
    kept = refused.context["kept"]
    told = {"kept": kept, "column-name": "bezeichnung", "column-town": "wo", "column-postcode": ""}
    answer = page.post(page.start + "import/", told)
    # a town without its postcode is told with the assigned column
    assert [r.values["column"] for r in answer.context["preview"].refusals] == ["postcode"]
    page.post(page.start + "import/", {**told, "column-town": "", "confirm": "1"})
    assert Contact.of(company).get().name == "A AG"


@pytest.fixture
def small(monkeypatch):
    """Little is much."""
    monkeypatch.setattr(spreadsheets, "LARGE_CSV", 60)
    monkeypatch.setattr(jobs, "CHECKED_AT_ONCE", 2)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("good", [False, True])
def test_a_large_file_is_checked_and_written_in_the_background(page, company, good):
    content = "Firma;Telefon\n" + "".join(
        f"Firma {n} AG;{'12' if n in {3, 6} else '041 870 00 00'}\n" for n in range(9)
    )
    kept, _preview = look(page, SimpleUploadedFile("a.csv", content.encode()))
    answer = page.post(page.start + "import/", {"kept": kept, "confirm": "good" if good else "1"})
    job = worked(answer)
    told = " ".join(line.text for line in lines_of(job))
    assert "5" in told and "8" in told and told.count("“12”") + told.count("«12»") >= 2
    if good:
        assert job.state == State.DONE
        assert job.result == {"rows": 9, "new": 7, "changed": 0, "bad": 2}
        assert Contact.of(company).count() == 7
    else:
        assert (job.state, job.error_code) == (State.FAILED, "contacts.faulty_file")
        assert not Contact.of(company).exists()
