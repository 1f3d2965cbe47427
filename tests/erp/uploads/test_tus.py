"""Files in pieces: a real client over connections that break off, and the protocol's own answers."""

from __future__ import annotations

import base64
import hashlib
import io
import random

import pytest
from django.db import connections, transaction
from django.test import Client
from tusclient.client import TusClient

from accounting.payables.capture.models import InboxDocument
from erp.access.gate import operating
from erp.api.files import Arrived
from erp.companies.models import Module
from erp.core import clock
from erp.documents import storing
from erp.uploads import receiving, tasks
from erp.uploads.models import Upload
from tests import make
from tests.accounting.payables.capture import papers
from tests.erp.client import Api, new_key, problem
from tests.erp.tokens.program import token_of
from tests.erp.uploads.road import road, serving

TUS = {"HTTP_TUS_RESUMABLE": "1.0.0"}


@pytest.fixture
def books(committed_db, settings, tmp_path):
    settings.RAPPEN_VAR = tmp_path
    settings.ALLOWED_HOSTS = ["*"]
    with transaction.atomic():
        company = make.company(modules=Module.values)
        anna = make.owner_of(company)
    return company, anna


def photo():
    """A picture whose file is not small."""
    content = papers.scanned(papers.picture())
    return content + random.Random(3).randbytes(
        400_000 - len(content)
    )  # cameras add data of their own


def begun(api, size, **more):
    answer = api.post("uploads/", b"", content_type="application/offset+octet-stream",
                      HTTP_UPLOAD_LENGTH=str(size), **TUS, **more)  # fmt: skip
    assert answer.status_code == 201, answer.content
    return answer


def arrived(company, pk, by):
    """The bytes of an upload that is whole, as what takes a file reads them."""
    file = Arrived(receiving.whole(company, pk, by=by))
    first, rest = file.read(10), file.read()
    assert len(first) + len(rest) == file.size and file.read() == b""
    file.seek(0)
    assert file.read() == first + rest
    return first + rest


def piece(api, pk, content, offset, **more):
    return api.client.generic("PATCH", f"{api.start}uploads/{pk}/", content,
                              content_type="application/offset+octet-stream",
                              HTTP_UPLOAD_OFFSET=str(offset), **TUS, **more)  # fmt: skip


def test_a_photo_arrives_over_a_road_that_breaks_off_and_becomes_a_document(books):
    company, anna = books
    with transaction.atomic(), operating(str(company.pk)):
        secret = token_of(anna, company, "company.read", "payables.read", "payables.capture")[1]
    content = photo()
    # The first connection begins the upload; of the pieces two break off midway, one in its head.
    cuts = [None, 90_000, None, 60, None, 30_000]
    with serving() as port, road(port, cuts) as way:
        client = TusClient(f"http://127.0.0.1:{way}/api/v1/companies/{company.pk}/uploads/",
                           headers={"Authorization": f"Bearer {secret}"})  # fmt: skip
        sender = client.uploader(
            file_stream=io.BytesIO(content), chunk_size=150_000, retries=5, retry_delay=0,
            metadata={"filename": "Quittung Café.jpg"}, upload_checksum=False,
        )  # fmt: skip
        sender.upload()
    assert sender.offset == len(content)
    pk = int(sender.url.rstrip("/").rpartition("/")[2])
    with operating(str(company.pk)):
        assert receiving.whole(company, pk, by=anna).name == "Quittung Café.jpg"
        assert arrived(company, pk, anna) == content
    phone = Client(HTTP_AUTHORIZATION=f"Bearer {secret}")
    key = new_key()
    answers = [
        phone.post(f"/api/v1/companies/{company.pk}/inbox-documents/",
                   {"upload": pk, "channel": "photo"}, content_type="application/json",
                   HTTP_IDEMPOTENCY_KEY=key)
        for _nth in range(2)
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [201, 201], answers[0].content
    assert answers[0].json() == answers[1].json()
    with operating(str(company.pk)):
        document = InboxDocument.of(company).select_related("file").get()
        assert storing.content_of(document.file) == content and document.channel == "photo"


def test_checksums_hold_piece_by_piece(books):
    company, anna = books
    with transaction.atomic(), operating(str(company.pk)):
        _token, secret = token_of(anna, company, "company.read")
    content = random.Random(4).randbytes(300_000)
    with serving() as port, road(port, [None, 50_000]) as way:
        sender = TusClient(
            f"http://127.0.0.1:{way}/api/v1/companies/{company.pk}/uploads/",
            headers={"Authorization": f"Bearer {secret}"},
        ).uploader(file_stream=io.BytesIO(content), chunk_size=100_000, retries=3, retry_delay=0,
                   upload_checksum=True)  # fmt: skip
        sender.upload()
    with operating(str(company.pk)):
        assert arrived(company, int(sender.url.split("/")[-2]), anna) == content


def test_what_the_protocol_asks_for(books):
    company, anna = books
    api = Api(company, anna)
    known = api.client.options(f"{api.start}uploads/")
    assert (known.status_code, known["Tus-Version"], known["Tus-Max-Size"]) == (
        204, "1.0.0", str(receiving.LARGEST),
    )  # fmt: skip
    told = begun(api, 10, HTTP_UPLOAD_METADATA="filename " + base64.b64encode(b"../a.pdf").decode())
    pk = told.json()["id"]
    assert told["Location"].endswith(f"{api.start}uploads/{pk}/") and told.json()["name"] == "a.pdf"
    head = api.client.head(f"{api.start}uploads/{pk}/", **TUS)
    assert (head["Upload-Offset"], head["Upload-Length"]) == ("0", "10")
    assert (head["Cache-Control"], head["Tus-Resumable"]) == ("no-store", "1.0.0")

    assert piece(api, pk, b"1234", 0)["Upload-Offset"] == "4"
    problem(piece(api, pk, b"1234", 0), 409, "uploads.wrong_offset")
    problem(piece(api, pk, b"12345678", 4), 413, "uploads.too_large")
    bad = {"HTTP_UPLOAD_CHECKSUM": "sha1 " + base64.b64encode(bytes(20)).decode()}
    problem(piece(api, pk, b"567890", 4, **bad), 460, "uploads.wrong_checksum")
    problem(piece(api, pk, b"5", 4, HTTP_UPLOAD_CHECKSUM="md5 x"), 400, "uploads.unknown_checksum")
    problem(piece(api, pk, b"x" * (receiving.LARGEST_PIECE + 1), 4), 413, "uploads.piece_too_large")
    problem(api.client.generic("PATCH", f"{api.start}uploads/{pk}/", b"5", content_type="text/plain",
                               HTTP_UPLOAD_OFFSET="4", **TUS), 415)  # fmt: skip
    problem(api.delete(f"uploads/{pk}/"), 412, "uploads.version")
    document = {"upload": pk}
    key = {"key": new_key()}
    problem(api.post("inbox-documents/", document, **key), 422, "uploads.not_whole")
    sound = {"HTTP_UPLOAD_CHECKSUM": "sha256 " + base64.b64encode(
        hashlib.sha256(b"567890").digest()).decode()}  # fmt: skip
    assert piece(api, pk, b"567890", 4, **sound).status_code == 204
    assert [row["received"] for row in api.get("uploads/").json()["results"]] == [10]
    assert api.delete(f"uploads/{pk}/", **TUS).status_code == 204
    problem(api.get(f"uploads/{pk}/"), 404)
    problem(api.post("inbox-documents/", document, key=new_key()), 400, "uploads.unknown")
    for size in ("x", ""):
        problem(api.post("uploads/", b"", HTTP_UPLOAD_LENGTH=size, **TUS), 400)


def test_an_upload_is_nobody_elses_and_does_not_stay(books, settings):
    company, anna = books
    with operating(str(company.pk)):
        bert = make.user(company=company, granted=["company.read", "payables.read",
                                                   "payables.capture"])  # fmt: skip
    mine, other = Api(company, anna), Api(company, bert)
    pk = begun(mine, 3).json()["id"]
    assert piece(mine, pk, b"abc", 0).status_code == 204
    problem(other.get(f"uploads/{pk}/"), 404)
    problem(piece(other, pk, b"", 3), 404)
    problem(other.post("inbox-documents/", {"upload": pk}, key=new_key()), 400, "uploads.unknown")
    assert other.get("uploads/").json()["results"] == []
    problem(other.post("uploads/", b"", content_type="application/offset+octet-stream",
                       HTTP_UPLOAD_LENGTH=str(receiving.LARGEST + 1), **TUS), 413)  # fmt: skip
    for _nth in range(3):
        begun(other, receiving.LARGEST)
    problem(other.post("uploads/", b"", content_type="application/offset+octet-stream",
                       HTTP_UPLOAD_LENGTH="1", **TUS), 409, "uploads.too_many")  # fmt: skip

    with operating(str(company.pk)):
        kept = receiving.path_of(Upload.of(company).get(pk=pk))
        Upload.of(company).filter(by=anna).update(expires_at=clock.now())
    assert kept.read_bytes() == b"abc"
    problem(mine.get(f"uploads/{pk}/"), 404)
    assert tasks.forget() >= 1
    assert not kept.exists()


def test_what_a_broken_attempt_left_is_overwritten_and_two_at_once_do_not_mix(books):
    company, anna = books
    api = Api(company, anna)
    pk = begun(api, 6).json()["id"]
    with operating(str(company.pk)):
        upload = Upload.of(company).get(pk=pk)
    path = receiving.path_of(upload)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"rubbish")  # written, and never told of: the machine went down in between
    assert piece(api, pk, b"abc", 0).status_code == 204
    assert path.read_bytes() == b"abc"
    other = connections.create_connection("default")
    with other.cursor() as cursor:  # somebody is writing
        cursor.execute("BEGIN")
        cursor.execute("SELECT set_config('rappen.companies', %s, true)", [f"{{{company.pk}}}"])
        cursor.execute("SELECT 1 FROM erp_upload WHERE id = %s FOR UPDATE", [pk])
        assert cursor.rowcount == 1
        problem(piece(api, pk, b"def", 3), 423, "uploads.busy")
    other.close()
    assert piece(api, pk, b"def", 3).status_code == 204
    assert path.read_bytes() == b"abcdef"
