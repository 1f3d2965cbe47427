"""Every operation of the document by every ready-made role, as schemathesis asks it.

No 5xx, and nothing that is not documented. The owner asks a sixth of the operations each time, the others a
sixtieth, always the same; with ``RAPPEN_DEEP=1`` everybody asks everything, with what is made up at the
limits of its schema, too (``RAPPEN_DEEP_PART=1/8`` is an eighth of it).
"""

from __future__ import annotations

import os

import pytest

from erp.access.models import Membership, Role
from erp.access.permissions import READY_ROLES, Permission
from tests import make
from tests.erp.clients.operations import Walk, operations_of, places_of, schema_of, the_document
from tests.erp.clients.phone import phone_headers
from tests.erp.test_api_rights import books, company  # noqa: F401 - fixtures
from tests.erp.tokens.program import token_of
from tests.examples import DEEP

OWNER = "owner"
OTHERS = [role.code for role in READY_ROLES if role.code != OWNER] + ["token"]
OWNER_ONE_IN = 6  # operations of the owner, but for DEEP
ONE_IN = 60  # operations of each of the others, but for DEEP
SOME = 4  # made-up requests of each operation, with DEEP


@pytest.fixture
def walk(db, company, books, api):  # noqa: F811
    """A walk of whoever is named, among the same books."""
    document = the_document()
    schema, known = schema_of(document), places_of(document, api, company, books)

    def of(role):
        if role == "token":
            return Walk(schema, known, {"Authorization": f"Bearer {_token(company, api.user)}"})
        if role == OWNER:
            return Walk(schema, known, phone_headers(api.user))
        person = make.user()
        Membership.unscoped.create(
            company=company, user=person, role=Role.of(company).get(code=role)
        )
        return Walk(schema, known, phone_headers(person))

    return of


def _token(company, user):  # noqa: F811
    scopes = [one for one in Permission.values if not one.startswith(("members.", "payroll."))]
    return token_of(user, company, *scopes)[1]


def told(faults):
    return "\n\n".join(f"{operation}: {kind}\n{text}" for (operation, kind), text in faults.items())


def test_the_owner_asks_everything(walk):
    asking = walk(OWNER)
    asked = 0
    for _nth, operation in operations_of(
        asking.schema, lambda nth: DEEP or nth % OWNER_ONE_IN == 0
    ):
        asking.ask(operation, ["examples", "fuzzing"], SOME if DEEP else 1)
        asked += 1
    assert not asking.faults, told(asking.faults)
    answered = asking.statuses
    assert (
        asked > (650 if DEEP else 100)
        and sum(answered[one] for one in (200, 201, 202, 204)) > asked / 4
    ), answered


@pytest.mark.parametrize("role", OTHERS if DEEP else ["all"])
def test_others_ask_what_they_may_and_may_not(walk, role):
    faults, statuses = {}, set()
    for place, one in enumerate(OTHERS):
        if role in {one, "all"}:
            asking = walk(one)
            chosen = lambda nth, place=place: DEEP or (nth + 7 * place) % ONE_IN == 0  # noqa: E731
            for _nth, operation in operations_of(asking.schema, chosen):
                asking.ask(operation, ["examples", "fuzzing"], SOME if DEEP else 1)
            faults |= asking.faults
            statuses |= set(asking.statuses)
    assert not faults, told(faults)
    assert {200, 403} <= statuses


@pytest.mark.skipif(
    not DEEP, reason="all limits of all schemas take an hour; RAPPEN_DEEP=1 does it"
)
def test_the_owner_goes_to_the_limits_of_each_schema(walk):
    asking = walk(OWNER)
    part, parts = map(int, os.environ.get("RAPPEN_DEEP_PART", "0/1").split("/"))
    for _nth, operation in operations_of(asking.schema, lambda nth: nth % parts == part):
        asking.ask(operation, ["coverage"], 1)
    assert not asking.faults, told(asking.faults)
