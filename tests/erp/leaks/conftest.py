"""A leak source on this machine, and a company whose domain it knows."""

from __future__ import annotations

import json

import pytest

from tests import make
from tests.erp.passwords.conftest import own_cache  # noqa: F401 - caches of its own
from tests.erp.passwords.service import RangeService, answers

KEY = "0123456789abcdef0123456789abcdef"
DOMAIN = "alpenholz.ch"
BREACHES = [
    {"Name": "Adobe", "BreachDate": "2013-10-04", "Title": "Adobe", "PwnCount": 152445165},
    {"Name": "LinkedIn", "BreachDate": "2012-05-05", "DataClasses": ["Passwords"]},
]


def told(value):
    return answers(json.dumps(value).encode())


class Source(RangeService):
    """Answers each path by what is behind it in ``paths``, and 404 without."""

    def __init__(self):
        super().__init__()
        self.paths = {
            "/api/v3/subscribeddomains": told([{"DomainName": "Alpenholz.ch", "PwnCount": 3}]),
            "/api/v3/breaches": told(BREACHES),
        }
        self.behaves = self.by_path

    def by_path(self, handler):
        self.paths.get(handler.path, answers(b"", status=404))(handler)

    def leak(self, aliases, domain=DOMAIN):
        self.paths[f"/api/v3/breacheddomain/{domain}"] = told(aliases)

    def asked(self):
        return [one.path.removeprefix("/api/v3/") for one in self.received]


@pytest.fixture
def service(settings):
    running = Source()
    settings.LEAKS_URL, settings.LEAKS_KEY = running.url, KEY
    yield running
    running.stop()


def person(alias, *, company=None, role=None, domain=DOMAIN, by=None):
    """A user with an address in a domain, and with a role where a company is given."""
    user = make.user()
    user.email, user.name = f"{alias}@{domain}", alias.title()
    user.save(update_fields=["email", "name"])
    if company is not None:
        make.grant(company=company, user=user, role=role, by=by or make.owner_of(company))
    return user


@pytest.fixture
def company(db):
    """A company whose owner signs in as fritz@alpenholz.ch."""
    return make.company(by=person("fritz"), name="Alpenholz AG")
