"""How much a page takes at once: told in advance, counted on the way, refused in one's language."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import MULTIPART_CONTENT
from django.urls import reverse
from django.utils import translation

from accounting.payables.capture.views import Inbox
from erp.companies.models import Module
from erp.documents.models import StoredFile
from erp.urls import pages
from erp.web.sizes import limits_of
from tests import make
from tests.erp.test_api_sizes import MB, Unread, padded
from tests.erp.test_routes import flat

IMPORTS = {"journal-import", "account-import", "contact-import"}


@pytest.fixture
def company(db):
    return make.company(modules=Module.values)


@pytest.fixture
def page(anna, company):
    client = Client(enforce_csrf_checks=True)
    client.force_login(anna)
    return client


def says(page, path, length, kind=MULTIPART_CONTENT, **more):
    """Send a form that says how long it is."""
    return page.generic("POST", path, b"x", content_type=kind,
                        **{"CONTENT_LENGTH": str(length), "wsgi.input": Unread()}, **more)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "length", "kind", "told"),
    [
        ("entry-post", 101 * MB + 1, MULTIPART_CONTENT, "100 MB"),
        ("inbox", 101 * MB + 1, MULTIPART_CONTENT, "100 MB"),
        ("statements", 51 * MB + 1, MULTIPART_CONTENT, "50 MB"),
        ("question-new", 21 * MB + 1, MULTIPART_CONTENT, "20 MB"),
        ("question-new", 30 * MB + 1, "application/x-www-form-urlencoded", "30 MB"),
    ],
)
def test_what_says_that_it_is_too_large_is_not_read(page, company, name, length, kind, told):
    answer = says(page, reverse(name, args=[company.pk]), length, kind)
    assert answer.status_code == 413
    assert f"grösser als {told}" in answer.content.decode()


def test_a_script_and_a_reader_of_another_language_are_told_in_their_way(page, company, anna):
    anna.language = "fr"
    anna.save()
    path = reverse("inbox", args=[company.pk])
    (error,) = says(page, path, 101 * MB + 1, HTTP_SEC_FETCH_DEST="empty").json()["errors"]
    with translation.override("fr"):
        told = translation.gettext(
            "What was sent is larger than %(limit)s MB, which is all that is taken here."
        ) % {"limit": 100}
    assert (error["code"], error["message"]) == ("too_large", told) and "Mo ;" in told
    assert told in says(page, path, 101 * MB + 1).content.decode()


def test_files_of_a_form_are_counted_while_they_come(
    company, anna, monkeypatch, settings, tmp_path
):
    """Also those that come without their length; nothing is left of what was begun."""
    monkeypatch.setattr(Inbox, "largest_file", 300_000)
    monkeypatch.setattr(Inbox, "largest_together", 500_000)
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE, settings.FILE_UPLOAD_TEMP_DIR = 10_000, str(tmp_path)
    client = Client()
    client.force_login(anna)

    def send(*sizes):
        files = [SimpleUploadedFile(f"{nth}.pdf", padded(one)) for nth, one in enumerate(sizes)]
        return client.post(reverse("inbox", args=[company.pk]), {"files": files})

    for sizes in ((300_001,), (250_000, 250_001), (100_000,) * 8):
        assert send(*sizes).status_code == 413
        assert list(tmp_path.iterdir()) == [] and not StoredFile.of(company).exists()
    assert send(300_000).status_code == 302
    assert StoredFile.of(company).count() == 1


def test_pages_say_how_much_they_take(page, company):
    """So that a script tells it before anything is sent."""
    shown = page.get(reverse("entry-post", args=[company.pk])).content.decode()
    assert f'data-most-file="{20 * MB}" data-most-together="{100 * MB}"' in shown
    taken = {one.name: limits_of(one.callback) for _prefix, one in flat(pages)}
    assert {taken[name] for name in IMPORTS} == {(30 * MB, 30 * MB)}
    assert taken["company-settings"] == (20 * MB, 20 * MB)
