"""A phone: it signs in as allauth has it, and keeps a queue of what was done while it was offline."""

from __future__ import annotations

import http.client
import json
import re
import time
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

from tests.erp.sign_in.people import PASSWORD, browser, code
from tests.erp.sign_in.test_factors import app

BOUNDARY = "a-boundary-of-the-phone"
_REFERENCE = re.compile(r"@([a-z0-9-]+)\.id")
_AGAIN = {409, 424, 429, 500, 502, 503}
PATIENCE = 200  # tries of one request


class _Lines:
    """Lines of a connection; ``last`` is the one that was read last."""

    def __init__(self, plain: Any) -> None:
        self.plain, self.last = plain, b""

    def readline(self, *limit: int) -> bytes:
        self.last = self.plain.readline(*limit)
        return self.last

    def __getattr__(self, name: str) -> Any:
        return getattr(self.plain, name)


class _Whole(http.client.HTTPResponse):
    """An answer that knows whether its head came to its end: the library takes one that breaks off for one."""

    is_whole = False

    def begin(self) -> None:
        plain, lines = self.fp, _Lines(self.fp)
        self.fp = lines  # type: ignore[assignment]
        try:
            super().begin()
            self.is_whole = lines.last == b"\r\n"
        finally:
            if self.fp is not None:  # it was closed for what came
                self.fp = plain


@dataclass(frozen=True)
class Answer:
    status: int
    etag: str | None
    body: Any
    replayed: bool = False

    def tells_the_same_as(self, first: Answer) -> bool:
        """Of wages the id alone is told again."""
        named = (
            {"id": first.body["id"]}
            if isinstance(first.body, dict) and "id" in first.body
            else None
        )
        bodies = (first.body,) if named is None else (first.body, named)
        return (self.status, self.etag) == (first.status, first.etag) and self.body in bodies


@dataclass
class Write:
    """Something that somebody did; ``@name.id`` is what the write of that name made."""

    key: str
    method: str
    path: str
    body: Any = None  # a file, where it is bytes
    name: str = ""
    match: str = ""
    fields: dict[str, str] = field(default_factory=dict)


@dataclass
class Phone:
    """One request per connection, and no trust in any of them."""

    port: int
    company: int
    session: str = ""
    made: dict[str, int] = field(default_factory=dict)
    tries: int = 0

    def ask(self, method: str, address: str, body: bytes = b"", **headers: str) -> Answer:
        """One try. Raises ``OSError`` or ``HTTPException`` where no whole answer came."""
        self.tries += 1
        told = {"X-Session-Token": self.session, "Connection": "close", "Accept-Language": "de",
                "Content-Type": "application/json"} | headers  # fmt: skip
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        line.response_class = _Whole
        try:
            line.request(method, address, body, {k: v for k, v in told.items() if v})
            answer = line.getresponse()
            content = answer.read()
        finally:
            line.close()
        if not answer.is_whole or (
            answer.status != 204 and not (answer.headers.get("Content-Length") or "").isdigit()
        ):
            raise http.client.IncompleteRead(content)  # its head was cut off
        return Answer(answer.status, answer.headers.get("ETag"),
                      json.loads(content) if content else None,
                      "Idempotency-Replayed" in answer.headers)  # fmt: skip

    def until_answered(
        self, method: str, address: str, body: bytes = b"", **headers: str
    ) -> Answer:
        """The same again, with pauses that grow, until somebody answers for good."""
        last: object = None
        for nth in range(PATIENCE):
            if nth:
                time.sleep(min(0.005 * 2**nth, 0.1))
            try:
                answer = self.ask(method, address, body, **headers)
            except (OSError, http.client.HTTPException) as broken:
                last = broken
                continue
            results = answer.body.get("results", ()) if isinstance(answer.body, dict) else ()
            each = [one.get("status") for one in results] if method == "POST" else []
            if answer.status not in _AGAIN and not _AGAIN & {*each}:
                return answer
            last = answer
        raise AssertionError(f"{method} {address} was never answered; the last time: {last}")

    def sign_in(self, email: str) -> None:
        first = self._auth("auth/login", {"email": email, "password": PASSWORD})
        self.session = first["session_token"]
        meta = self._auth("auth/2fa/authenticate", {"code": code()})
        self.session = meta.get("session_token", self.session)

    def _auth(self, path: str, body: dict[str, str]) -> dict[str, Any]:
        answer = self.ask("POST", f"/_allauth/app/v1/{path}", json.dumps(body).encode())
        assert answer.status in {200, 401}, answer
        return answer.body["meta"]

    def read(self, path: str) -> Any:
        answer = self.until_answered("GET", f"/api/v1/companies/{self.company}/{path}")
        assert answer.status == 200, answer
        return answer.body

    def send(self, write: Write) -> Answer:
        """One write by itself."""
        headers = {"Idempotency-Key": write.key, "If-Match": write.match}
        body = b"" if write.body is None else json.dumps(self._filled(write.body)).encode() \
            if not isinstance(write.body, bytes) else _form(write)  # fmt: skip
        if isinstance(write.body, bytes):
            headers["Content-Type"] = f"multipart/form-data; boundary={BOUNDARY}"
        path = self._filled(write.path)
        answer = self.until_answered(
            write.method, f"/api/v1/companies/{self.company}/{path}", body, **headers
        )
        self._keep(write, answer)
        return answer

    def send_together(self, writes: list[Write]) -> list[Answer]:
        """Several as a batch; what one of them makes, the batch itself fills in."""
        inside = {one.name for one in writes if one.name}
        items = [
            {"key": one.key, "method": one.method, "path": self._filled(one.path, inside)}
            | ({"body": self._filled(one.body, inside)} if one.body is not None else {})
            | ({"name": one.name} if one.name else {})
            | ({"if_match": one.match} if one.match else {})
            for one in writes
        ]  # fmt: skip
        told = self.until_answered("POST", f"/api/v1/companies/{self.company}/batch/",
                                   json.dumps({"items": items}).encode())  # fmt: skip
        assert (told.status, len(told.body["results"])) == (200, len(items)), told
        answers = []
        for write, one in zip(writes, told.body["results"], strict=True):
            assert one["key"] == write.key
            answers.append(Answer(one["status"], one["etag"], one["body"], one["replayed"]))
            self._keep(write, answers[-1])
        return answers

    def _keep(self, write: Write, answer: Answer) -> None:
        if write.name and answer.status < 300:
            self.made[write.name] = answer.body["id"]

    def _filled(self, value: Any, inside: set[str] = frozenset()) -> Any:  # type: ignore[assignment]
        if isinstance(value, dict):
            return {name: self._filled(inner, inside) for name, inner in value.items()}
        if isinstance(value, list):
            return [self._filled(inner, inside) for inner in value]
        if not isinstance(value, str):
            return value
        whole = _REFERENCE.fullmatch(value)
        if whole:
            return value if whole[1] in inside else self.made[whole[1]]
        return _REFERENCE.sub(
            lambda found: found[0] if found[1] in inside else str(self.made[found[1]]), value
        )


def _form(write: Write) -> bytes:
    """A file and fields as a browser's form has them."""
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode()
             for name, value in write.fields.items()]  # fmt: skip
    name = (write.fields.get("channel") and "files") or "file"
    parts.append(
        f'Content-Disposition: form-data; name="{name}"; filename="beleg.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n".encode()
        + write.body
    )
    between = f"--{BOUNDARY}\r\n".encode()
    return b"".join(between + part + b"\r\n" for part in parts) + f"--{BOUNDARY}--\r\n".encode()


def phone_headers(user: Any) -> dict[str, str]:
    """What somebody's phone sends along, signed in within this process."""
    client = browser()
    told = app(client, "auth/login", {"email": user.email, "password": PASSWORD}).json()
    token = told["meta"]["session_token"]
    codes = RecoveryCodes.activate(user).get_unused_codes()
    meta = app(client, "auth/2fa/authenticate", {"code": codes[0]}, token).json()["meta"]
    return {"X-Session-Token": meta.get("session_token", token)}
