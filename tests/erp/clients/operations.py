"""Operations of the document as schemathesis asks them of the program, and what is wrong with the answers.

Each request is made in this process, in a transaction that is rolled back. Where an address has ids,
they are those of rows that there are.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import hypothesis
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase
from schemathesis.checks import negative_data_rejection
from schemathesis.core.failures import FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.hypothesis.builder import (
    HypothesisTestConfig,
    HypothesisTestMode,
    create_test,
)
from schemathesis.generation.overrides import Override

from erp.api.document import drawn_in
from tests.erp.endpoints import ENDPOINTS
from tests.erp.sign_in.people import address

SEED = 20261127
_PLACE = re.compile(r"/\{(\w+)\}")
_CREDENTIALS = ("Authorization", "X-Session-Token", "Cookie")
#: What is looked at before the body, beside what schemathesis knows.
_BEFORE_THE_BODY = ["409", "410", "412", "423", "428"]
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")

_COMPANY = "/api/v1/companies/{company}/"
#: What is ended by DELETE, and told as ended from then on; of texts one's own, and the shipped one is back.
STAYING = {"app-tokens/{id}/", "mandates/{id}/", "support-consents/{id}/",
           "document-texts/{kind}/{language}/", "mail-texts/{kind}/{language}/"}  # fmt: skip

Values = dict[str, str]


def the_document() -> dict[str, Any]:
    return json.loads(drawn_in("de").plain)


def schema_of(document: dict[str, Any]) -> Any:
    """The document with the program behind it, and the checks that fit it."""
    found = schemathesis.openapi.from_dict(document)
    program = get_wsgi_application()
    # Refused credentials are counted by address: each request comes from its own.
    found.app = lambda environ, start: program(environ | {"REMOTE_ADDR": address()}, start)
    found.config.base_url = "http://localhost/"
    checks = found.config.checks
    # Rules of the trade refuse much that a schema lets through: accounts that there are not, locked months.
    checks.positive_data_acceptance.enabled = False
    # Its probes send the caller's own credentials along; tests/erp/test_matrix.py asks every route as nobody.
    checks.ignored_auth.enabled = False
    checks.negative_data_rejection.expected_statuses += _BEFORE_THE_BODY
    checks.missing_required_header.expected_statuses += ["428", "412"]  # 412: tus, of a version
    return found


def places_of(document: dict[str, Any], api: Any, company: Any, books: Values) -> dict[str, Values]:
    """What stands in each address of the document: of test books, else the first of a list."""
    known = {"/api/v1/companies/{company}": {"company": str(company.pk)}}
    templates = sorted(document["paths"], key=lambda one: one.count("{"))
    patterns = [(re.compile(_PLACE.sub(r"/(?P<\1>[^/]+)", one)), one) for one in templates]
    for _method, path, _body, _right in ENDPOINTS:
        asked = api.start + path.format(**books).partition("?")[0]
        hit = next(((t, m) for p, t in patterns if (m := p.fullmatch(asked))), None)
        for end in _PLACE.finditer(hit[0]) if hit else ():
            start = hit[0][: end.end()]
            known.setdefault(
                start, {n: v for n, v in hit[1].groupdict().items() if f"{{{n}}}" in start}
            )
    for template in sorted(document["paths"], key=len):
        for end in _PLACE.finditer(template):
            start, before = template[: end.end()], values_for(template[: end.start()], known)
            if start not in known and (
                value := _first(api, template[: end.start()], before, end[1])
            ):
                known[start] = before | {end[1]: value}
    return known


def _first(api: Any, template: str, values: Values, name: str) -> str | None:
    """The id of the first row of a list."""
    if len(values) < template.count("{"):
        return None
    answer = api.client.get(template.format(**values) + "/")
    if answer.status_code != 200 or "json" not in answer["Content-Type"]:
        return None
    rows = answer.json()
    rows = rows.get("results", ()) if isinstance(rows, dict) else rows
    found = next((row.get("id", row.get(name)) for row in rows if isinstance(row, dict)), None)
    return None if found is None else str(found)


def values_for(template: str, known: dict[str, Values]) -> Values:
    """Of the longest beginning of an address that is known."""
    ends = [template[: end.end()] for end in _PLACE.finditer(template)]
    return next((dict(known[one]) for one in reversed(ends) if one in known), {})


@contextmanager
def one_connection() -> Iterator[None]:
    """Requests end without closing the connection, as with the test client of Django."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@dataclass
class Walk:
    """Somebody asks operations; ``faults`` by operation and kind, each with the first that showed it."""

    schema: Any
    known: dict[str, Values]
    headers: dict[str, str]
    statuses: Counter[int] = field(default_factory=Counter)
    faults: dict[tuple[str, str], str] = field(default_factory=dict)

    def ask(self, operation: Any, phases: list[str], times: int) -> None:
        """Requests of these phases; ``times`` of them made up at random, always the same ones."""
        config = HypothesisTestConfig(
            project=self.schema.config, modes=[HypothesisTestMode(one) for one in phases], seed=SEED,
            settings=hypothesis.settings(
                max_examples=times, deadline=None, database=None,
                suppress_health_check=[*HealthCheck], phases=[Phase.explicit, Phase.generate],
            ),
            override=Override(path_parameters=values_for(operation.path, self.known)),
        )  # fmt: skip
        with one_connection():
            create_test(operation=operation, test_func=self._in_a_transaction, config=config)()

    def _in_a_transaction(self, case: Any) -> None:
        for name in _CREDENTIALS:
            case.headers.pop(name, None)
        case.cookies.clear()
        with transaction.atomic():
            try:
                self._one(case)
            except FailureGroup as group:
                for fault in group.exceptions:
                    told = f"{fault.message}\n{case.as_curl_command()}"
                    self.faults.setdefault(
                        (case.operation.label, type(fault).__name__), told[:3000]
                    )
            finally:
                transaction.set_rollback(True)

    def _one(self, case: Any) -> None:
        answer = case.call(headers=self.headers)
        self.statuses[answer.status_code] += 1
        # What a list does not name, or is left blank, has no effect (docs/api/reading.md); and what was
        # to be wrong in the address has made room for ids that there are.
        is_excused = case.method == "GET" or case.meta.is_negative_at(ParameterLocation.PATH)
        excluded = [negative_data_rejection] if is_excused else []
        case.validate_response(answer, excluded_checks=excluded, headers=self.headers,
                               transport_kwargs={"headers": self.headers})  # fmt: skip
        if case.method == "DELETE" and answer.status_code == 204:
            self._is_gone(case)

    def _is_gone(self, case: Any) -> None:
        """What was deleted is not there any more: schemathesis looks for that in its own engine only."""
        reading = case.operation.schema[case.operation.path]
        if "GET" not in reading or case.operation.path.removeprefix(_COMPANY) in STAYING:
            return
        again = reading["GET"].Case(path_parameters=case.path_parameters).call(headers=self.headers)
        if again.status_code != 404:
            self.faults[(case.operation.label, "UseAfterFree")] = (
                f"{again.status_code} once deleted"
            )


def operations_of(schema: Any, wanted: Callable[[int], bool]) -> Iterator[tuple[int, Any]]:
    """Operations with their place in the document."""
    for nth, found in enumerate(schema.get_all_operations()):
        if wanted(nth):
            yield nth, found.ok()
