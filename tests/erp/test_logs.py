"""What a log line never holds: links that open something, and rows of the database."""

from __future__ import annotations

import logging
import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import get_resolver
from structlog.stdlib import ProcessorFormatter

from erp.access.models import User
from erp.cockpit.invitations import invite
from erp.core.logs import discreet
from tests.erp.access.people import signed_in, somebody

pytestmark = pytest.mark.django_db


def written(records):
    """Records as they stand in the log."""
    (line,) = [h.formatter for h in logging.getLogger().handlers
               if isinstance(h.formatter, ProcessorFormatter)]  # fmt: skip
    return "\n".join(line.format(record) for record in records)


def test_no_link_of_an_invitation_stands_in_the_log(company, anna, caplog):
    issued = invite(company=company, email="neu@example.org", roles=["owner"], by=anna)
    link = f"/invitation/{issued.token}/"
    told = {"name": "Neu", "password1": "kurz", "password2": "kurz"}
    assert Client().post(link, told).status_code == 422
    assert Client(enforce_csrf_checks=True).post(link, told).status_code == 403
    lines = written(caplog.records)
    assert lines.count("/invitation/") == 2 and issued.token not in lines


def test_no_link_to_a_firm_stands_in_the_log(caplog):
    link = "/invitation/firm/geheim-und-lang/"
    assert Client(enforce_csrf_checks=True).post(link, {}).status_code == 403
    assert "/invitation/firm/" in written(caplog.records)
    assert "geheim-und-lang" not in written(caplog.records)


def test_no_link_of_a_reset_stands_in_the_log(caplog):
    key = "1a-d2n2i3-" + "7" * 32
    link = f"/accounts/password/reset/key/{key}/"
    assert Client(enforce_csrf_checks=True).post(link, {}).status_code == 403
    assert "/accounts/password/reset/key/" in written(caplog.records)
    assert key not in written(caplog.records)


def test_what_the_database_refuses_is_logged_without_its_values(anna, caplog):
    with pytest.raises(IntegrityError), transaction.atomic():
        try:
            User.objects.create(email=anna.email)
        except IntegrityError:
            logging.getLogger("erp").exception("a write met another one")
            raise
    lines = written(caplog.records)
    assert "erp_user_email" in lines and "IntegrityError" in lines
    assert anna.email not in lines


def test_a_refused_page_is_a_line_and_no_traceback(company, caplog):
    client = signed_in(somebody(company, "ledger.read"))
    assert client.get(f"/c/{company.pk}/settings/access/").status_code == 403
    lines = written(caplog.records)
    assert "settings/access" in lines and "Traceback" not in lines


def of_tokens(resolver, before="/"):
    """Every address with a token in it, as a made-up one."""
    for one in resolver.url_patterns:
        path = before + str(one.pattern)
        if hasattr(one, "url_patterns"):
            yield from of_tokens(one, path)
        elif re.search(r"<(?:\w+:)?token>", path):
            yield re.sub(r"<[^>]*>", "1", re.sub(r"<(?:\w+:)?token>", "s3cret-t0ken", path))


def test_no_address_with_a_token_stands_in_the_log():
    found = list(of_tokens(get_resolver()))
    assert len(found) > 4
    for path in found:
        told = discreet(None, "", {"event": f"Forbidden (CSRF cookie not set.): {path}"})["event"]
        assert "s3cret" not in told and path.partition("s3cret")[0] in told, path


@pytest.mark.parametrize("told", [
    'invalid input syntax for type date: "756.9217.0769.85"\nLINE 1: SELECT \'756.9217.0769.85\'::date\n   ^',
    'date/time field value out of range: "756.9217.0769.85"',
    'invalid input value for enum kind: "756.9217.0769.85"\n\nThe above exception was the direct cause',
    "duplicate key\nDETAIL:  Key (x)=(a\n756.9217.0769.85) already exists.\nHINT:  none",
])  # fmt: skip
def test_no_value_that_the_database_refused_stands_in_the_log(told):
    line = discreet(None, "", {"exception": told})["exception"]
    assert "756.9217" not in line and line[:10] == told[:10]
    assert ("The above" in line, "HINT" in line) == ("The above" in told, "HINT" in told)
