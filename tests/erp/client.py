"""A client of the endpoints, and how their refusals are read."""

from __future__ import annotations

import json
import uuid

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart


class Api:
    """A signed-in client of one company's endpoints."""

    def __init__(self, company, user):
        self.client, self.start = Client(), f"/api/v1/companies/{company.pk}/"
        self.user = user
        self.client.force_login(user)

    def sign_in_now(self):
        """Begin a session by a clock that was moved: an older one would be over, or not begun."""
        self.client.force_login(self.user)

    def get(self, path, **query):
        return self.client.get(self.start + path, query)

    def post(self, path, body, *, key=None, **headers):
        if key is not None:
            headers["HTTP_IDEMPOTENCY_KEY"] = key
        return self.client.post(
            self.start + path, body if isinstance(body, (str, bytes)) else json.dumps(body),
            content_type=headers.pop("content_type", "application/json"), **headers,
        )  # fmt: skip

    def patch(self, path, body, **headers):
        return self.client.patch(self.start + path, json.dumps(body),
                                 content_type="application/json", **headers)  # fmt: skip

    def put(self, path, body, **headers):
        return self.client.put(self.start + path, json.dumps(body),
                               content_type="application/json", **headers)  # fmt: skip

    def delete(self, path, **headers):
        return self.client.delete(self.start + path, **headers)

    def upload(self, path, content, *, name="file", key=None, method="post", **more):
        """A file as multipart; ``more`` are headers in capitals and fields of the form."""
        headers = {k: v for k, v in more.items() if k.startswith("HTTP_")}
        fields = {k: v for k, v in more.items() if k not in headers}
        if key is not None:
            headers["HTTP_IDEMPOTENCY_KEY"] = key
        body = encode_multipart(BOUNDARY, {"file": SimpleUploadedFile(name, content), **fields})
        return self.client.generic(
            method.upper(), self.start + path, body, content_type=MULTIPART_CONTENT, **headers
        )

    def read(self, path):
        """What is there, and its version to send along with a change."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.json()
        return answer.json(), {"HTTP_IF_MATCH": answer["ETag"]}

    def enter(self, body):
        return self.post("journal-entries/", body, key=new_key())


def new_key():
    return uuid.uuid4().hex


def changed(body, **values):
    return {**json.loads(json.dumps(body)), **values}


def problem(answer, status, code=None):
    """The body of a refusal, which always has the same shape."""
    told = answer.json()
    assert (answer.status_code, told["status"]) == (status, status), told
    assert answer["Content-Type"] == "application/problem+json"
    assert set(told) == {"type", "title", "status", "code", "detail", "errors", "request_id"}
    assert told["detail"] and len(told["request_id"]) == 32
    assert all(set(e) == {"code", "field", "message", "values"} for e in told["errors"])
    if code:
        assert told["code"] == code
    return told


def places(told):
    return [(e["field"], e["code"]) for e in told["errors"]]
