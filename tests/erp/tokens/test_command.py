"""``manage.py create_token``"""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from erp.access.gate import access_to
from erp.access.tokens.models import AppToken
from erp.audit.models import AuditEvent
from tests import make
from tests.erp.tokens.program import Program

pytestmark = pytest.mark.django_db


def created(company, user, scopes, *more):
    out = io.StringIO()
    call_command("create_token", "--email", user.email, "--company", str(company), "--scopes",
                 scopes, *more, stdout=out)  # fmt: skip
    return out.getvalue()


def test_the_token_stands_alone_on_its_line(company, anna):
    told = created(company.pk, anna, "ledger.read,vat.read", "--days", "7", "--name", "Export")
    assert told.count("\n") == 1 and told.startswith("rappen_")
    assert Program(company, told.strip()).get("vat-codes/").status_code == 200
    token = AppToken.of(company).get()
    assert (token.name, token.scopes, token.user) == ("Export", ["ledger.read", "vat.read"], anna)
    assert (token.expires_at - token.created_at).days == 7
    event = AuditEvent.of(company).get(action="token.create")
    assert (event.by, event.via) == (anna, "command")


def test_all_is_what_the_person_has_now(company):
    beat = make.user(company=company, granted=["ledger.read", "vat.read"])
    created(company.short_name, beat, "all")
    assert set(AppToken.of(company).get().scopes) == access_to(company.pk, user=beat).granted


def test_what_cannot_be_is_said(company):
    beat = make.user(company=company, granted=["ledger.read"])
    carl = make.user(company=company, granted=["ledger.read"], factor=False)
    for user, scopes, more, told in [
        (beat, "ledger.post", (), "ledger.post"),
        (beat, "ledger.raed", (), "ledger.raed"),
        (beat, ",", (), "."),
        (beat, "ledger.read", ("--days", "400"), "400"),
        (beat, "ledger.read", ("--name", " "), "name"),
        (carl, "ledger.read", (), str(carl)),
        (make.user(), "ledger.read", (), "example.ch"),
    ]:
        with pytest.raises(CommandError, match=told):
            created(company.pk, user, scopes, *more)
    with pytest.raises(CommandError, match="nowhere"):
        created("nowhere", beat, "ledger.read")
    assert not AppToken.of(company).exists()
