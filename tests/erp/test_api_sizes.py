"""How much is taken at once: told in advance, counted on the way, and read when it is wanted."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, FakePayload, encode_multipart

from accounting.payables.capture.api import InboxDocumentViewSet
from erp.companies.models import Module
from erp.documents import storing
from erp.documents.models import StoredFile
from erp.uploads import receiving
from erp.uploads.models import Upload
from tests import make
from tests.erp.client import new_key, problem
from tests.erp.test_api import RENT
from tests.erp.uploads.test_tus import begun, piece

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
MB = 1024 * 1024


@pytest.fixture
def company(db):
    return make.company(modules=Module.values)


class Unread(FakePayload):
    """A body that nobody may look into."""

    def read(self, *_args):
        raise AssertionError("the body was read")

    readline = read


def says(api, path, length, kind, *, method="POST"):
    """Send a request that says how long its body is."""
    return api.client.generic(
        method, api.start + path, b"x", content_type=kind, HTTP_IDEMPOTENCY_KEY=new_key(),
        **{"CONTENT_LENGTH": str(length), "wsgi.input": Unread()},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("path", "length", "kind", "told"),
    [
        ("journal-entries/", 5 * MB + 1, "application/json", "5 MB"),
        ("inbox-documents/", 5 * MB + 1, "application/json", "5 MB"),
        ("inbox-documents/", 101 * MB + 1, MULTIPART_CONTENT, "100 MB"),
        ("account-imports/", 31 * MB + 1, MULTIPART_CONTENT, "30 MB"),
        ("statements/", 51 * MB + 1, MULTIPART_CONTENT, "50 MB"),
        ("batch/", 10**12, "application/json", "5 MB"),
    ],
)
def test_what_says_that_it_is_too_large_is_not_read(api, path, length, kind, told):
    refused = problem(says(api, path, length, kind), 413, "too_large")
    assert told in refused["detail"]


def test_a_length_that_is_none_is_no_way_around(api):
    answer = says(api, "journal-entries/", "lots", "application/json")
    assert answer.status_code in (400, 413), answer.content


@pytest.fixture
def small(monkeypatch, settings, tmp_path):
    """Files of 300 KB are large, and those beyond 10 KB go to a scratch file."""
    monkeypatch.setattr(InboxDocumentViewSet, "largest_file", 300_000)
    monkeypatch.setattr(InboxDocumentViewSet, "largest_together", 500_000)
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10_000
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    return tmp_path


def send(api, *contents, key=None):
    form = {"files": [SimpleUploadedFile(f"{nth}.pdf", one) for nth, one in enumerate(contents)]}
    return api.client.generic(
        "POST", api.start + "inbox-documents/", encode_multipart(BOUNDARY, form),
        content_type=MULTIPART_CONTENT, HTTP_IDEMPOTENCY_KEY=key or new_key(),
    )  # fmt: skip


def padded(size):
    return PDF + b" " * (size - len(PDF))


def test_files_are_counted_while_they_come(api, company, small):
    problem(send(api, padded(300_001)), 413, "too_large")
    problem(send(api, padded(250_000), padded(250_001)), 413, "too_large")
    assert list(small.iterdir()) == []  # nothing is left of what was begun
    assert not StoredFile.of(company).exists()
    assert send(api, padded(300_000)).status_code == 201
    assert list(small.iterdir()) == []


def test_json_is_counted_too(api, monkeypatch):
    monkeypatch.setattr("erp.api.parsers.LARGEST_BODY", 100)
    problem(api.post("journal-entries/", RENT, key=new_key()), 413, "too_large")


def test_what_came_in_pieces_is_measured_before_it_is_read(api, company, settings, tmp_path):
    settings.RAPPEN_VAR = tmp_path
    size = storing.LARGEST + MB
    pk = begun(api, size).json()["id"]
    upload = Upload.of(company).get(pk=pk)
    upload.received = size
    upload.save()
    receiving.path_of(upload).mkdir(parents=True)  # whoever opens it as a file fails
    contact = api.post("contacts/", {"kind": "person", "last_name": "Muster"}, key=new_key())
    sent = {"contact": contact.json()["id"], "upload": pk}
    problem(api.post("contact-files/", sent, key=new_key()), 422, "documents.too_large")


def test_a_large_piece_goes_to_a_scratch_file_and_on(api, company, settings, tmp_path):
    settings.RAPPEN_VAR = tmp_path
    content = padded(MB)
    pk = begun(api, len(content)).json()["id"]
    assert piece(api, pk, content, 0).status_code == 204
    assert receiving.path_of(Upload.of(company).get(pk=pk)).read_bytes() == content


def test_a_key_tells_all_files_of_a_form_apart(api):
    key, same = new_key(), padded(500)
    assert send(api, padded(400), same, key=key).status_code == 201
    assert send(api, padded(400), same, key=key)["Idempotency-Replayed"] == "true"
    problem(send(api, padded(401), same, key=key), 422, "api.idempotency_key_reused")
