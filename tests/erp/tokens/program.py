"""Programs that come with a token, and how they get one."""

from __future__ import annotations

from django.test import Client

from erp.access.gate import access_to
from erp.cockpit.tokens import create_token
from tests.erp.client import Api
from tests.erp.sign_in.people import address


class Program(Api):
    """A client of one company's endpoints that nobody has signed in."""

    def __init__(self, company, secret):
        self.client = Client(HTTP_AUTHORIZATION=f"Bearer {secret}", REMOTE_ADDR=address(),
                             HTTP_USER_AGENT="nightly-import/1.0")  # fmt: skip
        self.start = f"/api/v1/companies/{company.pk}/"


def token_of(user, company, *scopes, days=30, name="Kasse"):
    """A new token and its secret."""
    return create_token(access_to(company.pk, user=user), name=name, scopes=scopes, days=days)


def program_of(user, company, *scopes, **more):
    return Program(company, token_of(user, company, *scopes, **more)[1])
