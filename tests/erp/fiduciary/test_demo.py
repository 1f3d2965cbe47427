"""The demo's fiduciary: whatever it does goes through the acts, and comes to its end."""

from __future__ import annotations

from django.db import transaction

from erp.access.firms.gate import over_mandates
from erp.cockpit import firms
from erp.core import clock
from erp.fiduciary import demo, overview
from erp.fiduciary.models import MandateTime
from erp.fiduciary.overview import Wanted
from tests import make


def test_the_demo_firm_works_in_three_clients(committed_db, monkeypatch):
    # The demo's own names are taken by its whole books, in other tests.
    monkeypatch.setattr(demo, "CLIENTS", ("treuhand-eins", "treuhand-zwei", "treuhand-drei"))
    with transaction.atomic():
        owner = make.user(is_operator=True)
        firm = firms.found_firm(name="Treuhand Beispiel", manager=owner, by=owner)
    for short_name in demo.CLIENTS:
        with transaction.atomic():
            company = make.found(by=owner, short_name=short_name)
            make.rent(company, by=owner)
            make.rent(company, by=owner)
    demo.add_fiduciary(owner)
    with transaction.atomic():
        access = over_mandates(firm.pk, user=owner)
        rows = overview.cockpit(access, Wanted(), clock.today()).rows
        assert MandateTime.of_firm(firm).count() == 3
    assert len(rows) == 3
    assert {row.responsible for row in rows} == {owner}
    assert all(row.figures.number("checklist") >= 4 for row in rows)
    assert sum(row.figures.number("to_firm") for row in rows) == 2
