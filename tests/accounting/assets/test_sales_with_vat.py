"""Assets sold with VAT: what the register posts of them is no turnover, and no entry without a code."""

from __future__ import annotations

import pytest

from accounting.assets import categories, disposing
from accounting.assets.registering import LineOfEntry
from accounting.ledger.models import EntryLine
from erp.companies.models import Module
from tests import make
from tests.accounting.assets.books import JANUARY, van
from tests.accounting.open_items import books as items
from tests.vat.returns.books import Q1, YEAR, day, sale
from tests.vat.returns.test_checks import looked
from vat.returns.reconciling import turnover_reconciliation

pytestmark = pytest.mark.django_db


def test_a_sale_of_an_asset_raises_no_warning_and_has_a_step_of_its_own(sold):
    company, asset = sold

    assert looked(company, Q1[0]) == {}
    steps = {s.code: s.amount for s in turnover_reconciliation(company, *YEAR).steps}
    # 20000 of proceeds come off the account of gains: they stand there by their code alone.
    assert (steps["ledger"], steps["of_assets"], steps["by_code"]) == (0, 20000, 20000)
    assert "without_code" not in steps and asset.disposed_on == day(3, 31)


@pytest.fixture
def sold():
    company = items.company(uid="CHE107787577")
    company.modules = list(Module.values)
    company.save(update_fields=["modules"])
    by = make.owner_of(company)
    categories.add_defaults(company, by=by, valid_from=JANUARY)
    asset = van(company)
    entry = sale(company, "21620.00", "UN", date=day(3, 20), account="8510").entry
    line = EntryLine.of(company).get(entry=entry, account__number="8510")
    return company, disposing.dispose(
        asset, date=day(3, 31), by=by, sold_by=LineOfEntry(entry, line.position)
    )
