"""A worker killed with -9 while it tells a webhook: the same delivery is tried again, and nothing is skipped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings as configured

from contacts import saving
from erp.access.gate import operating
from erp.core import clock
from erp.webhooks import delivering, keeping
from erp.webhooks.models import Webhook
from tests import make
from tests.erp.webhooks.receiver import receiving
from tools.environment import ROOT

WORK = """
import sys
import django; django.setup()
from django.conf import settings
from erp.webhooks import delivering
settings.WEBHOOK_TRUST = sys.argv[1]
delivering.tell(int(sys.argv[2]), int(sys.argv[3]))
"""


def work(hook, receiver, *, crash_at):
    """Tell a webhook as a worker does, in a process of its own; how that ended."""
    name = configured.DATABASES["default"]["NAME"]
    told = os.environ | {
        "RAPPEN_CRASH_AT": crash_at,
        "DATABASE_URL": os.environ["DATABASE_URL"].replace("/rappen?", f"/{name}?"),
    }
    command = [sys.executable, "-c", WORK, str(receiver.chain), str(hook.pk), str(hook.company_id)]
    return subprocess.run(command, cwd=ROOT, env=told, check=False).returncode


@pytest.mark.parametrize(("point", "arrived"), [("webhook.taken", 0), ("webhook.told", 1)])
def test_killed_amidst_it_is_told_again_under_the_same_number(
    committed_db, settings, tmp_path, point, arrived
):
    with receiving(tmp_path) as there:
        settings.WEBHOOK_TRUST = there.chain
        books = make.company()
        with operating(str(books.pk)) as access:
            hook, _secret = keeping.add_webhook(
                access, name="Shop", url=there.url, resources=["contact"]
            )
        assert delivering.tell(hook.pk, books.pk)  # the challenge
        with operating(str(books.pk)) as access:
            first = saving.add_contact(company=access.company, by=access.user,
                                       kind="organisation", name="Muster AG").pk  # fmt: skip
        there.came.clear()
        for _nth in range(50):  # transactions elsewhere delay what there is to tell
            ended = work(hook, there, crash_at=point)
            if ended:
                break
        assert (ended, len(there.came)) == (-signal.SIGKILL, arrived)
        assert not delivering.tell(hook.pk, books.pk), "its lease still runs"
        with operating(str(books.pk)):
            held = Webhook.of(books).get(pk=hook.pk)
            assert held.lease and held.lease_until > clock.now()
            Webhook.of(books).filter(pk=hook.pk).update(lease_until=clock.now())
        assert delivering.tell(hook.pk, books.pk)
        assert len({headers["webhook-id"] for headers, _body in there.came}) == 1
        assert [one["resources"]["contact"]["changed"] for one in there.bodies()] == (
            [[first]] * (arrived + 1)
        )
