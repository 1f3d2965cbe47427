"""What is done by itself for all companies, timed: by night, and all day long."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Final

from accounting.ledger.tasks import keep_heads as ledger_heads
from accounting.ledger.verifying import verify_ledger
from accounting.open_items.tasks import check_company
from accounting.payables.capture.tasks import look_into_folders
from accounting.receivables.tasks import archive_rest
from erp.access.gate import all_companies, operating
from erp.audit.tasks import keep_heads as audit_heads
from erp.audit.verifying import verify_audit
from erp.changes.tasks import forget as forget_tombstones
from erp.cockpit.tasks import tell_all
from erp.fiduciary.tasks import look_at_company, remind_company
from erp.handover.tasks import forget as forget_exports
from erp.jobs.sweeping import sweep as sweep_jobs
from erp.mails.sweeping import sweep as sweep_mails
from erp.search.tasks import keep_words
from erp.uploads.tasks import forget as forget_uploads
from erp.webhooks.tasks import sweep as sweep_webhooks
from tools.simulate.processors import of_database


def _each(act: Callable[[str], object]) -> Callable[[], object]:
    def all_of_them() -> None:
        for number in all_companies():
            act(number)

    return all_of_them


def _ledger(number: str) -> None:
    with operating(number) as access:
        verdict = verify_ledger(access.company)
        # Random entries stand on control accounts, too, without items.
        broken = [one for one in verdict.breaks if one.kind != "open items"]
        assert not broken, (number, broken[:3])


def _audit(number: str) -> None:
    with operating(number) as access:
        verify_audit(access.company)


#: What comes all day long: seconds between two runs, and the work.
BY_DAY: Final[Mapping[str, Callable[[], object]]] = {
    "sweep jobs": sweep_jobs,
    "sweep mails": sweep_mails,
    "sweep webhooks": sweep_webhooks,
    "look into folders": look_into_folders,
    "keep words of search": keep_words,
    "forget uploads": forget_uploads,
    "forget exports": forget_exports,
}
#: What comes once a day.
BY_NIGHT: Final[Mapping[str, Callable[[], object]]] = {
    "verify_ledger": _each(_ledger),
    "verify_audit": _each(_audit),
    "heads of ledgers": ledger_heads,
    "heads of trails": audit_heads,
    "control accounts": _each(lambda number: check_company(company_id=int(number))),
    "figures for fiduciaries": _each(lambda number: look_at_company(company_id=int(number))),
    "receipts and questions": _each(lambda number: remind_company(company_id=int(number))),
    "mails about approvals": tell_all,
    "forget tombstones": forget_tombstones,
    "papers without a file": _each(lambda number: archive_rest(company_id=int(number))),
}


def timed(works: Mapping[str, Callable[[], object]]) -> dict[str, dict[str, float]]:
    """The seconds of each work by the clock, and those of processor time of this process and the database."""
    told = {}
    for name, work in works.items():
        started, used = time.perf_counter(), time.process_time() + of_database()
        work()
        told[name] = {"clock": time.perf_counter() - started,
                      "processor": time.process_time() + of_database() - used}  # fmt: skip
    return told
