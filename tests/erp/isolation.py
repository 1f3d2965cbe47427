"""Two companies whose rows have ids of their own ranges, and where the API takes an id.

Ids begin for each company at a number of its own, and both get the same rows in the same order. So
what is ``OWN + 3`` in one is ``FOREIGN + 3`` in the other whatever it is, ``NOWHERE + 3`` is nobody's,
and any id on a page or in an answer can be told from other numbers.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection, connections, transaction
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from accounting.cash.counting import count_cash
from accounting.cash.models import CashBook
from accounting.open_items.models import OpenItem
from accounting.receivables.dunning import running, stops
from erp.access.models import Membership, Role, User
from erp.api.document import drawn_in
from erp.api.examples import example
from erp.companies.models import Company, CompanyOwned, Module
from erp.core.tenancy import open_companies
from erp.documents.storing import store
from payroll.expenses.claiming import TypedExpense, save_claim
from payroll.runs import calculating
from payroll.runs.models import PayrollRun
from tests import make
from tests.accounting.payables.capture import papers
from tests.accounting.receivables import sales
from tests.erp.client import Api, new_key
from tests.erp.everything import one_of_everything

OWN: Final = 1_000_000_000
FOREIGN: Final = 1_100_000_000
NOWHERE: Final = 1_190_000_000
ID: Final = re.compile(r"\b1[’']?[01]\d\d[’']?\d{3}[’']?\d{3}\b")
JSON: Final = "application/json"
START: Final = "/api/v1/companies/{company}/"
ADDRESS: Final = {"kind": "main", "street": "Dorfstrasse", "postcode": "3550", "town": "Langnau"}
MAIL: Final = {"kind": "mail", "value": "info@example.ch"}
BANK: Final = {"iban": "CH9300762011623852957"}
#: What an integer may be at most, to be a count of something and no id.
COUNT: Final = 10**10

# Two companies


@dataclass
class House:
    """A company that has one of everything, with the ids of it."""

    company: Company
    owner: User
    ids: dict[str, Any]


@dataclass
class World:
    """The company whose address is asked, the other one, and who asks."""

    own: House
    foreign: House
    both: User

    def open(self) -> None:
        open_companies([self.own.company.pk, self.foreign.company.pk])


def _sequences() -> dict[str, int]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename), coalesce(last_value, 0)"
            " FROM pg_sequences WHERE max_value > %s", [FOREIGN],
        )  # fmt: skip
        return dict(cursor.fetchall())


def _begin_at(places: dict[str, int]) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT setval(name::regclass, greatest(place, 1), place > 0)"
            " FROM unnest(%s::text[], %s::bigint[]) AS s (name, place)",
            [list(places), list(places.values())],
        )


def _house(start: int) -> House:
    _begin_at(dict.fromkeys(_sequences(), start))
    company = make.found()
    company.modules = Module.values
    company.save(update_fields=["modules"])
    owner = make.owner_of(company)
    api = Api(company, owner)
    ids = one_of_everything(api, company)
    return House(company, owner, ids | _further(api, company, ids))


def _further(api: Api, company: Company, ids: dict[str, Any]) -> dict[str, Any]:
    """What there is after further steps: issued, dunned, calculated, counted, with files."""
    by = api.user
    company.street, company.town, company.postcode = "Dorfstrasse", "Langnau", "3550"
    company.save(update_fields=["street", "town", "postcode"])
    customer = sales.customer(
        company, addresses=[ADDRESS], communications=[MAIL], bank_accounts=[BANK]
    )
    bill = sales.issued(company, customer, sales.item(code=""), date=dt.date(2026, 1, 5))
    sales.issued(company, customer, sales.item(code=""), kind="offer", date=dt.date(2026, 1, 5))
    claim = OpenItem.of(company).get(entry=bill.entry)
    running.execute(running.draft(company, date=dt.date(2026, 5, 1), by=by), by=by)
    running.draft(company, date=dt.date(2026, 6, 1), by=by)
    stops.stop_item(claim, by=by, kind="disputed", text="x")
    calculating.calculate_all(PayrollRun.of(company).get(), by=by)
    spent = TypedExpense("x", dt.date(2026, 3, 2), quantity=make.chf("9"), file=_paper(company, by))
    spending = save_claim(company=company, user=by, title="y", lines=[spent], by=by)
    count_cash(
        book=CashBook.of(company).get(), date=dt.date(2026, 1, 2), counted=make.chf("0.00"), by=by
    )
    answers = {
        "file": api.upload("contact-files/", papers.blank(), name="x.pdf", contact=ids["contact"],
                           key=new_key()),
        "upload": api.post("uploads/", b"", content_type="application/offset+octet-stream",
                           HTTP_UPLOAD_LENGTH="9", HTTP_TUS_RESUMABLE="1.0.0"),
    }  # fmt: skip
    for name, answer in answers.items():
        assert answer.status_code < 300, (name, answer.content)
    return {"customer": customer.pk, "bill": bill.pk, "claimed": claim.pk, "spending": spending.pk}


def _paper(company: Company, by: User) -> Any:
    return store(company=company, name="x.pdf", content=papers.blank(), by=by)


@contextmanager
def two_companies() -> Iterator[World]:
    """They are gone afterwards, and ids go on where they were."""
    before = _sequences()
    try:
        with transaction.atomic():
            own, foreign = _house(OWN), _house(FOREIGN)
            both = make.user()
            for house in (own, foreign):
                open_companies([house.company.pk])
                role = Role.of(house.company).get(code="owner")
                Membership.unscoped.create(company=house.company, user=both, role=role)
            world = World(own, foreign, both)
            world.open()
            yield world
            transaction.set_rollback(True)
    finally:
        _begin_at(before)


def rows(world: World, without: frozenset[str]) -> dict[str, Any]:
    """How many rows each table has of the two, and which version of them."""
    world.open()
    from django.apps import apps

    tables = sorted({
        model._meta.db_table for model in apps.get_models() if issubclass(model, CompanyOwned)
    } - without)  # fmt: skip
    parts = [
        f"SELECT '{table}', count(*), coalesce(sum(hashtextextended(xmin::text || ctid::text, 0)), 0)::text"
        f' FROM "{table}"' for table in tables
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return {name: told for name, *told in cursor.fetchall()}


# Where the document takes an id


@dataclass(frozen=True)
class Place:
    """Where an operation takes an id: in its path, its query or its body."""

    operation: str
    where: str
    steps: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.operation} {self.where} {'.'.join(self.steps)}"


@dataclass
class Operation:
    """An operation of the document."""

    name: str
    method: str
    path: str
    told: dict[str, Any]
    schemas: dict[str, Any]
    places: list[Place] = field(default_factory=list)

    def bodies(self) -> dict[str, Any]:
        return self.told.get("requestBody", {}).get("content", {})


def operations() -> list[Operation]:
    document = json.loads(drawn_in("de").plain)
    schemas = document["components"]["schemas"]
    return [
        Operation(one["operationId"], method, path, one, schemas)
        for path, methods in document["paths"].items()
        for method, one in methods.items()
    ]


def parameters(operation: Operation, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for one in operation.told.get("parameters", ()):
        if one["in"] == where:
            yield one["name"], one["schema"]


def leaves(
    schema: Any, schemas: Any, steps: tuple[str, ...] = (), seen: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Each value of a body at any depth, with where it is; ``[]`` is any place of a list."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        if name not in seen:
            yield from leaves(schemas[name], schemas, steps, (*seen, name))
        return
    several = [one for word in ("allOf", "oneOf", "anyOf") for one in schema.get(word, ())]
    for one in several:
        yield from leaves(one, schemas, steps, seen)
    if "items" in schema:
        yield from leaves(schema["items"], schemas, (*steps, "[]"), seen)
    elif "properties" in schema:
        for name, inner in schema["properties"].items():
            yield from leaves(inner, schemas, (*steps, name), seen)
    elif not several:
        yield steps, schema


def kinds(schema: dict[str, Any]) -> set[str]:
    told = schema.get("type", "anything")
    return set(told) if isinstance(told, list) else {told}


def is_number_of_a_row(schema: dict[str, Any]) -> bool:
    """An integer without a limit, or with one that nothing counted comes to."""
    limited = schema.get("maximum", COUNT) < COUNT or "enum" in schema
    return "integer" in kinds(schema) and not limited


# Requests


def normal(answer: Any) -> tuple[int, str]:
    """An answer without the ids in it, and without what no two answers have in common."""
    text = answer.content.decode(errors="replace") if not answer.streaming else ""
    text = re.sub(r'"request_id":\s*"[0-9a-f]{32}"', "", text)
    text = re.sub(r'csrfmiddlewaretoken" value="\w+"|\b[0-9a-f]{32}\b', "", text)
    text = re.sub(r"[Uu]ser ?\d+(-\d+@example\.ch)?", "user", text)  # who looks at a page
    text = re.sub(r"<h2>Favoriten</h2>.*?(?=<h2>)", "", text, flags=re.DOTALL)  # and kept at hand
    return answer.status_code, ID.sub("7", text)


def put(value: Any, schema: Any, schemas: Any, steps: tuple[str, ...], new: Any) -> Any:
    """The value with ``new`` at a place; what is missing on the way there is made up."""
    while "$ref" in schema or (
        "properties" not in schema and "items" not in schema
        and any(word in schema for word in ("allOf", "oneOf", "anyOf"))
    ):  # fmt: skip
        if "$ref" in schema:
            schema = schemas[schema["$ref"].rsplit("/", 1)[1]]
        else:
            schema = next(
                one for word in ("allOf", "oneOf", "anyOf") for one in schema.get(word, ())
            )
    if not steps:
        return new
    step, rest = steps[0], steps[1:]
    if step == "[]":
        inner = list(value or [])
        first = inner[0] if inner else example(schema["items"], schemas, whole=False)
        return [put(first, schema["items"], schemas, rest, new), *inner[1:]]
    made = dict(value or example(schema, schemas, whole=False))
    below = schema["properties"][step]
    old = made.get(step)
    if old is None and rest:
        old = example(below, schemas, whole=False, name=step)
    made[step] = put(old, below, schemas, rest, new)
    return made


def client_of(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def send(client: Client, method: str, path: str, query: dict[str, Any], body: Any) -> Any:
    """``body`` is what is sent as JSON, a form as its ``files``, or nothing."""
    headers = {"HTTP_IF_MATCH": "*", "HTTP_IDEMPOTENCY_KEY": new_key()}
    if method == "get":
        return client.get(path, query, **headers)
    if isinstance(body, Form):
        content, kind = encode_multipart(BOUNDARY, body.values), MULTIPART_CONTENT
    else:
        content, kind = json.dumps(body if body is not None else {}), JSON
    return client.generic(method.upper(), path, content, content_type=kind, **headers)


@dataclass
class Form:
    """What is sent as ``multipart/form-data``."""

    values: dict[str, Any]

    def with_value(self, name: str, value: Any) -> Form:
        return Form({**self.values, name: value})


def done(act: Any) -> Any:
    """What ``act`` answers; what it did stays."""
    with transaction.atomic():
        answer = act()
        if not answer.streaming:
            answer.content  # noqa: B018 - rendered while the rows are there
    return answer


def undone(act: Any) -> Any:
    """What ``act`` answers, and nothing of what it did."""
    with transaction.atomic():
        answer = done(act)
        transaction.set_rollback(True)
    return answer


def with_ids(body: Any, schema: Any, schemas: Any, found: dict[str, int]) -> Any:
    """A body with ids of one's own at each place that takes one."""
    made = copy.deepcopy(body)
    for steps, leaf in leaves(schema, schemas):
        if is_number_of_a_row(leaf):
            name = next((one for one in reversed(steps) if one != "[]"), "")
            made = _replaced(made, steps, found.get(name, OWN + 1))
    return made


def _replaced(value: Any, steps: tuple[str, ...], new: Any) -> Any:
    if not steps:
        return new
    step, rest = steps[0], steps[1:]
    if step == "[]" and isinstance(value, list):
        return [_replaced(one, rest, new) for one in value]
    if isinstance(value, dict) and step in value and value[step] is not None:
        return {**value, step: _replaced(value[step], rest, new)}
    return value
