"""People who give and take access, and what they find in their mail."""

from __future__ import annotations

import re

from django.core import mail
from django.test import Client

from erp.cockpit.roles import make_role
from tests import make

PASSWORD = "vier-Kamele-am-Waldrand"


def signed_in(user, **headers):
    client = Client(**headers)
    client.force_login(user)
    return client


def somebody(company, *granted, **more):
    """A member with exactly these rights, by a role of the company's own."""
    return make.user(company=company, granted=list(granted), **more)


def own_role(company, name, *permissions, by=None):
    return make_role(company=company, name=name, permissions=permissions,
                     by=by or make.owner_of(company))  # fmt: skip


def token_in(message):
    (token,) = re.findall(r"http://\S+/invitation/([\w-]+)/", message.body)
    return token


def last_token():
    return token_in(mail.outbox[-1])
