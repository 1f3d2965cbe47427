"""Two workers check the same company at the same moment."""

from __future__ import annotations

import threading

from django.db import connection, transaction

from erp.access.gate import operating
from erp.access.leaks.adapter import source
from erp.access.leaks.models import LeakFinding
from erp.access.sign_in.models import SecurityEvent
from erp.cockpit.leak_checks import check_company, tell
from erp.cockpit.leaks import add_domain
from tests import make
from tests.erp.leaks.conftest import person, told


def test_two_checks_at_once_store_and_tell_once(committed_db, service):
    with transaction.atomic():
        company = make.company(by=person("urs", domain="doppelt.ch"))
        add_domain(company=company, domain="doppelt.ch", by=make.owner_of(company))
    service.paths["/api/v3/subscribeddomains"] = told([{"DomainName": "doppelt.ch"}])
    service.leak({"urs": ["Adobe"], "info": ["Adobe", "LinkedIn"]}, "doppelt.ch")
    new, barrier = [], threading.Barrier(2)

    def run():
        barrier.wait(10)
        new.append(check_company(company.pk, source=source()))
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(new) == [0, 3]
    with operating(str(company.pk)):
        assert {one.state for one in LeakFinding.of(company)} == {"told"}
        urs = make.owner_of(company)
        assert SecurityEvent.objects.filter(user=urs, kind="address_leaked").count() == 1
        assert tell(company) == 0
