"""Folders that bills are dropped in: complete files come in once, everything else stays or is told."""

from __future__ import annotations

import os
import time
from io import StringIO

import pytest
from django.core.management import call_command

from accounting.payables.capture import folders, tasks
from accounting.payables.capture.models import InboxDocument
from erp.core.tenancy import open_companies
from tests import make
from tests.accounting.payables.capture import inbox, papers

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna():
    return make.user()


@pytest.fixture
def company(anna, settings, tmp_path):
    settings.RAPPEN_VAR = tmp_path
    return inbox.company(by=anna)


@pytest.fixture
def folder(company):
    return folders.open_folder(company.pk)


def drop(folder, name, content, *, age=60):
    place = folder / name
    place.write_bytes(content)
    then = time.time() - age
    os.utime(place, (then, then))
    return place


def look(company):
    came = tasks.take_from_folder(company_id=company.pk)
    open_companies([company.pk])
    return came


def names(folder):
    return sorted(one.name for one in folder.rglob("*") if one.is_file())


def test_complete_files_come_in_and_leave_the_folder(company, folder, anna):
    drop(folder, "scan1.pdf", papers.pdf())
    drop(folder, "scan2.pdf", papers.blank())
    assert folders.companies_with_files() == [company.pk]
    assert look(company) == 2
    rows = InboxDocument.of(company).order_by("pk")
    assert [(row.name, row.channel, row.received_by) for row in rows] == [
        ("scan1.pdf", "folder", anna), ("scan2.pdf", "folder", anna),
    ]  # fmt: skip
    assert names(folder) == [] and folders.companies_with_files() == []


def test_what_is_still_written_waits(company, folder):
    drop(folder, "scan.pdf", papers.pdf(), age=0)
    for name in ("scan.pdf.part", ".hidden.pdf", "~scan.pdf", "a.tmp"):
        drop(folder, name, papers.pdf())
    assert look(company) == 0 and len(names(folder)) == 5
    drop(folder, "scan.pdf", papers.pdf())
    assert look(company) == 1 and len(names(folder)) == 4


def test_links_and_folders_are_left_alone(company, folder, tmp_path):
    secret = drop(tmp_path, "secret.pdf", papers.pdf())
    (folder / "link.pdf").symlink_to(secret)
    os.link(secret, folder / "hard.pdf")
    (folder / "sub").mkdir()
    drop(folder / "sub", "deep.pdf", papers.pdf())
    os.mkfifo(folder / "pipe.pdf")
    assert look(company) == 0
    assert not InboxDocument.of(company).exists() and secret.exists()
    (folder / folders.TAKING).rmdir()
    (folder / folders.TAKING).symlink_to(tmp_path)
    with pytest.raises(OSError):
        tasks.take_from_folder(company_id=company.pk)


def test_a_folder_that_is_a_link_is_no_folder(company, folder, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    folder.rename(elsewhere)
    folder.symlink_to(elsewhere)
    drop(elsewhere, "scan.pdf", papers.pdf())
    assert folders.companies_with_files() == []
    with pytest.raises(OSError):
        tasks.take_from_folder(company_id=company.pk)


def test_what_is_refused_says_why(company, folder):
    drop(folder, "notes.txt", b"hello")
    drop(folder, "huge.pdf", b"%PDF-" + b"\0" * (21 << 20), age=50)
    drop(folder, "bill.pdf", papers.pdf(), age=40)
    drop(folder, "copy.pdf", papers.pdf(), age=30)
    assert look(company) == 1
    refused = folder / folders.REFUSED
    assert names(folder) == [
        "000001-notes.txt", "000001-notes.txt.txt", "000002-huge.pdf", "000002-huge.pdf.txt",
        "000003-copy.pdf", "000003-copy.pdf.txt",
    ]  # fmt: skip
    assert (refused / "000001-notes.txt").read_bytes() == b"hello"
    assert "notes.txt" in (refused / "000001-notes.txt.txt").read_text()
    assert "20 MB" in (refused / "000002-huge.pdf.txt").read_text()
    assert "bill.pdf" in (refused / "000003-copy.pdf.txt").read_text()
    assert folders.companies_with_files() == []


def test_what_cannot_be_opened_keeps_nothing_else(company, folder):
    drop(folder, "bill.pdf", papers.pdf())
    (folder / folders.TAKING / "000001-dir.pdf").mkdir(parents=True)
    assert look(company) == 1
    assert (folder / folders.REFUSED / "000001-dir.pdf").is_dir()
    assert "dir.pdf" in (folder / folders.REFUSED / "000001-dir.pdf.txt").read_text()


def test_killed_between_commit_and_clearing_up_nothing_is_lost_or_doubled(
    company, folder, monkeypatch
):
    drop(folder, "scan.pdf", papers.pdf())

    def killed(*_told):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(folders, "done", killed)
        with pytest.raises(KeyboardInterrupt):
            tasks.take_from_folder(company_id=company.pk)
    open_companies([company.pk])
    assert InboxDocument.of(company).count() == 1 and len(names(folder)) == 1
    assert folders.companies_with_files() == [company.pk]
    look(company)
    assert InboxDocument.of(company).count() == 1 and names(folder) == []


def test_two_at_once_do_not_meet(company, folder):
    drop(folder, "scan.pdf", papers.pdf())
    with folders.taking(company.pk) as first, folders.taking(company.pk) as second:
        assert [len(list(one)) for one in (second, first)] == [0, 1]


def test_without_creditors_files_stay(company, folder):
    company.modules = ["ledger"]
    company.save(update_fields=["modules"])
    drop(folder, "scan.pdf", papers.pdf())
    assert look(company) == 0
    assert len(names(folder)) == 1
    company.modules = list(inbox.MODULES)
    company.save(update_fields=["modules"])
    assert look(company) == 1


def test_odd_names_are_kept_as_far_as_they_can_be(company, folder):
    drop(folder, "ä" * 100 + ".pdf", papers.pdf())
    assert look(company) == 1
    assert InboxDocument.of(company).get().name.startswith("ääää")


def test_the_timetable_looks_into_every_folder(company, folder, monkeypatch):
    asked = []
    monkeypatch.setattr(tasks.take_from_folder, "delay", lambda **told: asked.append(told))
    drop(folder, "scan.pdf", papers.pdf())
    assert tasks.look_into_folders() == 1 and asked == [{"company_id": company.pk}]


def test_the_command_makes_a_folder_and_says_where(company, tmp_path):
    out = StringIO()
    call_command("inbox_folder", company=company.short_name, stdout=out)
    assert out.getvalue().strip() == str(tmp_path / "inbox" / str(company.pk))
    assert (tmp_path / "inbox" / str(company.pk) / folders.REFUSED).is_dir()
