"""The isolation matrix: another company's id, wherever an operation takes one, is as one that is nobody's.

Which ids an operation takes follows from the OpenAPI document; ``isolation.py`` says how two companies
get ids that can be told apart. What is not recognised, or cannot be reached, is named here.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import logging
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import Any, Final
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.urls.converters import IntConverter

from accounting.payments.bank_days import next_bank_day
from erp.api.examples import example
from erp.core import clock
from erp.urls import pages
from tests.erp.forms import Sent, sent_from
from tests.erp.isolation import (
    ADDRESS,
    BANK,
    FOREIGN,
    JSON,
    MAIL,
    NOWHERE,
    OWN,
    START,
    Form,
    Operation,
    World,
    client_of,
    done,
    is_number_of_a_row,
    kinds,
    leaves,
    normal,
    operations,
    parameters,
    put,
    rows,
    send,
    two_companies,
    undone,
    with_ids,
)
from tests.erp.test_routes import FILLED, flat, offered, view_class
from tests.examples import DEEP

#: Integers without a limit that are no ids.
NOT_IDS: Final = {"version", "page_size"}
#: Ids that are sent as text.
AS_TEXT: Final = {"budget"}
#: Numbers in addresses that are no ids.
NOT_IDS_IN_ADDRESSES: Final = {"nth", "year", "month", "company"}
#: Fields that are called as ids are elsewhere, and hold something else.
OTHERWISE: Final = {
    "bank_account": "an IBAN",
    "contact": "a contact's number",
    "fiscal_year": "the label of a year",
    "other": "an account's number",
    "project": "a project's number",
    "type": "a wage type's number",
    "source": "",
    "order": "",
    "entry": "",
}
#: Values of any shape.
ANYTHING: Final = {
    "accounts": "numbers of accounts by their use",
    "body": "what a batch sends on, to endpoints that are tested themselves",
    "content": "of a fact of an employee, checked by its kind",
    "own_values": "by the codes of own fields",
    "personal": "of an employee, without ids",
}
#: What a query or a body says beside its ids, where the document's example is not enough.
QUERIES: Final[dict[str, Any]] = {
    "since": "2026-01-01",
    "until": "2026-12-31",
    "code": "UN",
    "audit_events_list subject": "contact",
    "about": "erp.question",
    "subject": "document",
    "month": "2026-01",
    "year": 2026,
}
DATE: Final = "2026-03-31"
LATER: Final = next_bank_day(clock.today() + dt.timedelta(days=9), "CHF").isoformat()
#: Which of the records an operation is asked of, where the first is in no state for it.
PLACES: Final[dict[str, tuple[int, ...]]] = {
    "contacts_partial_update": (4,), "dunning_runs_leave_out": (2,),
    "my_expenses_update": (2,), "sales_documents_credit": (3,), "sales_documents_derive": (4,),
}  # fmt: skip
BODIES: Final[dict[str, dict[str, Any]]] = {
    "account_imports_create": {"dry_run": "true"},
    "contact_files_create": {"contact": OWN + 1},
    "contacts_partial_update": {
        "addresses": [ADDRESS],
        "communications": [MAIL],
        "bank_accounts": [BANK],
    },
    "employee_files_create": {"employee": OWN + 1},
    "employees_create": {
        "personal": {"birth_date": "1990-01-01", "sex": "F"},
        "person": {
            "last_name": "x",
            "addresses": [ADDRESS],
            "communications": [MAIL],
            "bank_accounts": [BANK],
        },
    },
    "movement_imports_create": {"month": "2026-01"},
    "my_expenses_create": {"lines": [{"kind": "x", "day": DATE, "quantity": "5"}]},
    "my_expenses_update": {"lines": [{"kind": "x", "day": DATE, "quantity": "5"}]},
    "open_item_imports_create": {"date": DATE},
    "payment_runs_create": {"date": LATER, "until": LATER, "currency": "CHF"},
    "payment_runs_date": {"date": LATER},
    "sales_documents_credit": {"date": DATE},
    "supplier_invoices_create": {"lines": [{"amount": "5.00", "account": "4200"}]},
    "questions_create": {"subject": "document", "subject_id": OWN + 1},
    "wage_deliveries_again": {"run": OWN + 1},
}
#: Addresses whose records the two companies do not have.
NOT_THERE: Final[dict[str, str]] = {
    "budgets/{id}/accounts/{number}/": "only of accounts with a budget",
    "dunning-runs/{id}/letters/{contact}/{currency}/": "only while the run is a draft with letters",
    "my-wage-certificates/{id}/pdf/": "one's own papers alone, of who is linked with an employee",
    "my-wages/{id}/pdf/": "one's own papers alone, of who is linked with an employee",
    "payroll-runs/{id}/orders/{order}/": "only of a run that is paid",
    "payroll/tax-settlements/{id}/": "only where tax at source was withheld",
    "payroll/tax-settlements/{id}/undo/": "only where tax at source was withheld",
    "payroll/years/{id}/accounts/{employee}/": "only of a run that is posted",
    "payroll/years/{id}/certificates/{certificate}/pdf/": "only where certificates were issued",
    "payroll/years/{year}/people/{employee}/preview/": "only of a run that is posted",
    "recoveries/{id}/confirm/": "somebody of the company must have lost all factors",
    "recoveries/{id}/refuse/": "somebody of the company must have lost all factors",
    "year-archives/{id}/file/": "only of a year that was archived",
    "vat-instalments/{id}/take-back/": "only of a VAT year that is billed ahead",
}
#: Ids whose own ones are answered as nobody's, and why.
UNPROVED: Final[dict[str, str]] = {
    "*.deposit": "only a paid invoice for a deposit, of the same customer or supplier",
    "*supplier_invoices_* *follows": "only a posted invoice of the same supplier",
    "contacts_create *.id": "a new contact has no rows yet",
    "employees_create *.id": "a new contact has no rows yet",
    "my_expenses_create *.line": "a new claim has no lines yet",
    "payment_runs_give_back payment": "only of a run that was exported and refused",
    "payroll_runs_correct *": "only of a run that is posted",
    "contact_duplicates_list but": "leaves a contact out of what is found",
    "movements_list employee": "there are no movements",
    "questions_list subject_id": "no question is about a record",
}
#: Ids that are refused with 409, and why.
STALE: Final[dict[str, str]] = {
    "bank_rules_reorder *": "an order that is not of the rules that there are is told as stale",
    "payment_runs_amount *": "what is not in the run is told as what is not in it any more",
    "payment_runs_date *": "what is not in the run is told as what is not in it any more",
    "payment_runs_give_back *": "what is not in the run is told as what is not in it any more",
    "payment_runs_take_out *": "what is not in the run is told as what is not in it any more",
    "payroll_runs_correct *": "the run is not posted",
}
#: Tables that note what was asked for.
LOGS: Final = frozenset({"erp_accesslogentry", "erp_idempotencyrecord"})
NAMED: Final = {
    **FILLED, "code": "UN", "kind": "offer", "language": "de", "year": 2026, "number": "6000",
    "currency": "CHF", "nth": 1, "subject": "contact", "list": "ahv", "month": "1",
}  # fmt: skip


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[World]:
    logging.disable(logging.CRITICAL)  # thousands of refusals are meant
    with django_db_blocker.unblock(), two_companies() as made:
        yield made
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def asked() -> list[Operation]:
    return [one for one in operations() if one.path.startswith(START)]


@pytest.fixture(scope="module")
def known() -> dict[str, tuple[int, ...]]:
    """Which records of one's own there are at an address."""
    return {}


def turn(address: str) -> bool:
    """Whether an address has its turn: a quarter of them each time, always the same; all with ``RAPPEN_DEEP=1``.

    Numbers do not count: ids are others in each run.
    """
    return DEEP or zlib.crc32(re.sub(r"[0-9]+", "", address).encode()) % 4 == 0


def now(one: Operation) -> bool:
    return turn(one.path)


def name_of(steps: tuple[str, ...]) -> str:
    return next((one for one in reversed(steps) if one != "[]"), "")


def fields(operation: Operation) -> Iterator[tuple[str, tuple[str, ...], dict[str, Any]]]:
    """Every parameter of the query and every value of the body, with where it is."""
    for name, schema in parameters(operation, "query"):
        yield "query", (name,), schema
    for kind, content in operation.bodies().items():
        if kind in {JSON, "multipart/form-data"}:
            for steps, schema in leaves(content["schema"], operation.schemas):
                yield "body", steps, schema


def is_id(steps: tuple[str, ...], schema: dict[str, Any]) -> bool:
    name = name_of(steps)
    return name in AS_TEXT or (is_number_of_a_row(schema) and name not in NOT_IDS)


def test_whatever_could_be_an_id_is_one_or_is_named(asked):
    found = [(one.name, *field) for one in asked for field in fields(one)]
    called = {name_of(steps) for _name, _where, steps, schema in found if is_id(steps, schema)}
    assert {"contact", "document", "employee", "item", "upload", "bank_account"} <= called
    unclear = [
        (name, where, steps) for name, where, steps, schema in found
        if not is_id(steps, schema) and name_of(steps) not in {**OTHERWISE, **ANYTHING}
        and (holds_anything(schema) or (name_of(steps) in called and could_be_one(schema)))
    ]  # fmt: skip
    assert unclear == []
    there = {name_of(steps) for _name, _where, steps, _schema in found}
    assert {*OTHERWISE, *ANYTHING} - there == set()


def holds_anything(schema: dict[str, Any]) -> bool:
    """A value of any type, or an object with keys of any name."""
    return not kinds(schema) - {"anything", "object"} and "enum" not in schema


def could_be_one(schema: dict[str, Any]) -> bool:
    plain = not {"enum", "format", "pattern"} & set(schema)
    return plain and bool(kinds(schema) & {"integer", "string"})


# In the address


def takes_id(name: str, schema: dict[str, Any]) -> bool:
    if name in NOT_IDS_IN_ADDRESSES:
        return False
    return schema["type"] == "integer" or schema.get("pattern", "").startswith("^[0-9")


@dataclass
class Asking:
    """How an operation is asked, with ids of one's own everywhere."""

    operation: Operation
    company: int
    ids: list[str]
    query: dict[str, Any]
    body: Any = None
    schema: Any = None
    found: tuple[int, ...] = ()

    @classmethod
    def of(cls, one: Operation, world: World) -> Asking:
        ids = [name for name, schema in parameters(one, "path") if takes_id(name, schema)]
        asked = [told for told in one.told.get("parameters", ()) if told["in"] == "query"]
        query = {
            told["name"]: QUERIES.get(f"{one.name} {told['name']}") or QUERIES.get(told["name"])
            or example(told["schema"], {}, whole=False)
            for told in asked if told.get("required") or told["name"] in {"about", "subject"}
        }  # fmt: skip
        made = cls(one, world.own.company.pk, ids, query, found=(1,) * len(ids))
        if JSON in one.bodies():
            content = one.bodies()[JSON]
            made.schema = content["schema"]
            sent = {**content["example"], **BODIES.get(one.name, {})}
            made.body = with_ids(sent, made.schema, one.schemas, world.own.ids)
        elif "multipart/form-data" in one.bodies():
            made.schema = one.bodies()["multipart/form-data"]["schema"]
            made.body = Form(BODIES.get(one.name, {}))
        return made

    def address(self, **ids: int) -> str:
        named = {name: NAMED.get(name, "x") for name, _schema in parameters(self.operation, "path")}
        own = {name: OWN + place for name, place in zip(self.ids, self.found, strict=True)}
        return self.operation.path.format(**{**named, "company": self.company, **own, **ids})

    def by(self, client: Client, address: str, query: Any = None, body: Any = None) -> Any:
        """An answer; what it did stays. Ids of one's own are asked with in ``undone``."""
        query, body = query or self.query, self.body if body is None else body
        return done(lambda: send(client, self.operation.method, address, query, body))

    def of_row(self, client: Client, where: str, steps: tuple[str, ...], value: int) -> Any:
        """The same with one other id in the query or the body."""
        if where == "query":
            return self.by(client, self.address(), {**self.query, steps[0]: value})
        if isinstance(self.body, Form):
            return self.by(client, self.address(), body=self.body.with_value(name_of(steps), value))
        body = put(self.body, self.schema, self.operation.schemas, steps, value)
        return self.by(client, self.address(), body=body)

    def first_of_own(
        self, client: Client, where: str, steps: tuple[str, ...], *, unlike: Any
    ) -> int | None:
        """The first of one's own records that is not answered as nobody's."""
        for place in range(1, 7):
            answer = undone(lambda: self.of_row(client, where, steps, OWN + place))  # noqa: B023
            assert answer.status_code < 500, (self.operation.name, steps, answer.content)
            if normal(answer) != unlike:
                return place
        return None


def reached(asking: Asking, client: Client, known: dict[str, tuple[int, ...]]) -> bool:
    """Whether there is what the address names, for some ids of one's own, which are kept."""
    path = asking.operation.path
    before = next((known[one] for one in sorted(known, key=len, reverse=True)
                   if path.startswith(one) and len(known[one]) == len(asking.ids)), None)  # fmt: skip
    if before is not None:
        asking.found = before
        return True
    most = 8 if len(asking.ids) == 1 else 4
    for places in itertools.product(range(1, most), repeat=len(asking.ids)):
        asking.found = places
        answer = undone(lambda: asking.by(client, asking.address()))
        assert answer.status_code < 500, (asking.operation.name, answer.content)
        if answer.status_code != 404:
            known[asking.operation.path] = places
            return True
    return False


def test_an_address_with_an_id_of_others_leads_nowhere(world, asked, known):
    """404, as for what nobody has; also for who is a member of the other company, too."""
    mine, both = client_of(world.own.owner), client_of(world.both)
    before, wrong, lost, told = rows(world, LOGS), [], set(), {}
    for one in sorted(filter(now, asked), key=lambda one: (one.path, one.method != "get")):
        asking = Asking.of(one, world)
        if asking.ids and not reached(asking, mine, known):
            lost.add(one.path.removeprefix(START))
        for name, place in zip(asking.ids, asking.found, strict=True):
            theirs = asking.address(**{name: FOREIGN + place})
            answers = {normal(asking.by(both, theirs))}
            if (one.path, name) not in told:  # the other methods look it up as the first one does
                nobodys = asking.address(**{name: NOWHERE + place})
                told[one.path, name] = normal(asking.by(mine, nobodys))
                answers.add(normal(asking.by(mine, theirs)))
            if answers != {told[one.path, name]} or told[one.path, name][0] != 404:
                wrong.append((one.name, name, answers))
    assert wrong == []
    if DEEP:  # else what stands above an address has not always its turn
        assert lost == set(NOT_THERE)
    assert {t for t, n in rows(world, LOGS).items() if n != before[t]} == set()


# In the query and in the body


def test_an_id_of_others_in_query_or_body_is_as_one_of_nobody(world, asked, known):
    """400, or an empty answer, in the same words; nothing is written in either company."""
    mine, both = client_of(world.own.owner), client_of(world.both)
    before, wrong, unproved = rows(world, LOGS), [], set()
    for one in filter(now, asked):
        places = [(where, steps) for where, steps, schema in fields(one) if is_id(steps, schema)]
        if not places:
            continue
        asking = Asking.of(one, world)
        asking.found = PLACES.get(one.name, asking.found)
        if one.name not in PLACES:
            reached(asking, mine, known)
        first = mine if "/my-" in one.path else both  # one's own are nobody else's
        for where, steps in places:
            told = f"{one.name} {'.'.join(steps)}"
            nobodys = normal(asking.of_row(mine, where, steps, NOWHERE + 1))
            place = None
            if not like(told, UNPROVED):
                place = asking.first_of_own(mine, where, steps, unlike=nobodys)
                unproved |= {told} if place is None else set()
            theirs = FOREIGN + (place or 1)
            people = (mine, first) if (where, steps) == places[0] else (first,)
            answers = {nobodys} | {
                normal(asking.of_row(client, where, steps, theirs)) for client in people
            }
            if like(told, STALE):
                good = nobodys[0] == 409
            else:
                good = nobodys[0] == 400 or (nobodys[0] == 200 and nothing_in(nobodys[1]))
            if len(answers) > 1 or not good:
                wrong.append((told, answers))
    assert wrong == []
    assert unproved == set()
    assert {t for t, n in rows(world, LOGS).items() if n != before[t]} == set()


def like(told: str, table: dict[str, str]) -> bool:
    return any(fnmatch(told, pattern) for pattern in table)


def nothing_in(text: str) -> bool:
    """An answer that has room for rows, and none in it."""
    told = json.loads(text)
    lists = [told] if isinstance(told, list) else [v for v in told.values() if isinstance(v, list)]
    return lists != [] and not any(lists)


# Pages


@dataclass
class Page:
    """A page of one's own, with ids of records that it has."""

    pattern: Any
    company: int
    ids: list[str]
    found: tuple[int, ...] = ()

    @classmethod
    def of(cls, pattern: Any, world: World) -> Page:
        kinds_ = pattern.pattern.converters
        ids = [name for name in kinds_ if isinstance(kinds_[name], IntConverter)]
        return cls(pattern, world.own.company.pk, [n for n in ids if n not in NOT_IDS_IN_ADDRESSES])

    def address(self, **ids: int) -> str:
        own = {name: OWN + place for name, place in zip(self.ids, self.found, strict=True)}
        named = {name: NAMED[name] for name in self.pattern.pattern.converters if name not in own}
        return reverse(self.pattern.name, kwargs={**named, "company": self.company, **own, **ids})

    def opened(self, client: Client) -> Any:
        """The page of the first records that there are."""
        for places in itertools.product(range(1, 5), repeat=len(self.ids)):
            self.found = places
            answer = undone(lambda: client.get(self.address()))
            assert answer.status_code < 500 or answer.status_code == 503, self.address()
            if answer.status_code != 404:
                break
        return answer


def test_a_page_of_a_record_of_others_is_not_there(world, opened):
    mine, both = client_of(world.own.owner), client_of(world.both)
    before, wrong = rows(world, LOGS), []
    for page, _answer in opened:
        for name, place in zip(page.ids, page.found, strict=True):
            theirs, nobodys = (
                page.address(**{name: begin + place}) for begin in (FOREIGN, NOWHERE)
            )
            methods = offered(page.pattern, ("get", "post"))
            answers = {normal(done(lambda: getattr(mine, methods[0])(nobodys)))}  # noqa: B023
            answers |= {normal(done(lambda: getattr(both, method)(theirs))) for method in methods}  # noqa: B023
            if len(answers) > 1 or {status for status, _text in answers} != {404}:
                wrong.append((page.pattern.name, name, answers))
    assert wrong == []
    assert {t for t, n in rows(world, LOGS).items() if n != before[t]} == set()


def test_a_form_or_link_with_an_id_of_others_is_as_one_of_nobody(world, opened):
    """Hidden ids, buttons, lists to choose from, and what links say after the question mark."""
    mine, both = client_of(world.own.owner), client_of(world.both)
    before, wrong, proved, kinds_ = rows(world, LOGS), [], 0, {}
    for page, answer in opened:
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            for sent in sent_from(answer.content, page.address()):
                kinds_.setdefault(sent.kind(), sent)
    for sent in (one for one in kinds_.values() if turn(one.address)):
        for name in sent.ids:
            own = normal(undone(lambda: sent_by(mine, sent, name, OWN + 1)))  # noqa: B023
            nobodys, theirs, theirs_too = (
                normal(done(lambda: sent_by(client, sent, name, begin + 1)))  # noqa: B023
                for client, begin in ((mine, NOWHERE), (mine, FOREIGN), (both, FOREIGN))
            )
            proved += own != nobodys
            if len({nobodys, theirs, theirs_too}) > 1 or max(nobodys[0], own[0]) >= 500:
                wrong.append(
                    (sent.method, sent.address, name, nobodys[0], theirs[0], theirs_too[0])
                )
    assert wrong == []
    assert proved > (
        65 if DEEP else 8
    )  # the others are not looked at in the state of their records
    assert {t for t, n in rows(world, LOGS).items() if n != before[t]} == set()


def sent_by(client: Client, sent: Sent, name: str, value: int) -> Any:
    client.cookies.pop("messages", None)  # what the form before had to say
    told = urlencode(sent.with_id(name, str(value)))
    if sent.method == "get":
        return client.get(f"{sent.address}?{told}")
    return client.post(sent.address, told, content_type="application/x-www-form-urlencoded")


@pytest.fixture(scope="module")
def opened(world) -> list[tuple[Page, Any]]:
    """Each page that can be read, and what it showed; of records of one's own."""
    client, told = client_of(world.own.owner), []
    for _prefix, pattern in flat(pages):
        page = Page.of(pattern, world)
        if hasattr(view_class(pattern), "get"):
            told.append((page, page.opened(client)))
        else:
            page.found = (1,) * len(page.ids)
            told.append((page, HttpResponse(status=405)))
    return told
