"""A real worker asks a real server: what it says is in force for everybody."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import time
import uuid
from pathlib import Path

from django.conf import settings

from erp.reference import tasks
from erp.reference.models import ExchangeRate, ReferenceVersion
from tests.erp.passwords.service import answers

ROOT = Path(__file__).resolve().parent.parent.parent.parent
DAY = dt.date(1998, 12, 1)  # before all that other tests read
XML = f"""<?xml version="1.0"?><gesmes:Envelope xmlns:gesmes="urn:g" xmlns="urn:e"><Cube>
<Cube time="{DAY}"><Cube currency="USD" rate="1.25"/><Cube currency="CHF" rate="1.5"/></Cube>
</Cube></gesmes:Envelope>"""


def test_a_worker_takes_in_what_it_is_told_to_ask_for(committed_db, publisher):
    publisher.behaves = answers(XML.encode(), **{"Content-Type": "text/xml"})
    queue = f"reference-{uuid.uuid4().hex}"  # other tests leave jobs in the usual one
    tasks.update.apply_async(kwargs={"source": "ecb"}, queue=queue)
    name = settings.DATABASES["default"]["NAME"]
    environment = os.environ | {
        "DATABASE_URL": os.environ["DATABASE_URL"].replace("/rappen?", f"/{name}?"),
        "RAPPEN_REFERENCE_OFF": "banks",
        "RAPPEN_REFERENCE_BASES": f"ecb={publisher.url}",
    }
    with subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "erp", "worker", "--pool", "solo", "-Q", queue,
         "--without-gossip", "--without-mingle", "--loglevel", "WARNING"],
        cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as worker:  # fmt: skip
        try:
            found = ReferenceVersion.objects.filter(source="ecb", edition_date=DAY)
            for _ in range(600):
                if found.exists():
                    break
                time.sleep(0.1)
        finally:
            worker.terminate()
    assert [one.state for one in found] == ["active"]
    rates = ExchangeRate.objects.filter(source="ecb", published=DAY)
    assert {one.currency: str(one.rate) for one in rates} == {
        "EUR": "1.5000000000",
        "USD": "1.2000000000",
    }
