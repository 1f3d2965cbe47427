"""The payment file of an approved run (DTA/pain.001 erstellen): made once, kept, the same ever after."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

from django.db import transaction

from accounting.payments.approving import require_faultless
from accounting.payments.checking import Checked, checked
from accounting.payments.digest import digest_of
from accounting.payments.drafting import held_run
from accounting.payments.models import PaymentRun, RunPayment
from accounting.payments.pain import writing
from accounting.payments.pain.order import (
    SEPA_NAME,
    Address,
    Advice,
    Bank,
    Block,
    Charges,
    Kind,
    Order,
    ReferenceKind,
    Software,
    Transaction,
)
from accounting.payments.pain.text import fitted
from accounting.payments.refusals import ContentChanged, NotApproved, NotASwissBank
from erp.access.models import User
from erp.audit import trail
from erp.core import clock
from erp.core.bulk import update_rows
from erp.documents import storing
from erp.reference import queries as reference

Status = PaymentRun.Status
XML = "application/xml"


@transaction.atomic
def export(run: PaymentRun, *, by: User) -> PaymentRun:
    """Make the file of an approved run; asked again, the run is returned as it was made.

    What was approved must still be what is stored, and payable: else ``ContentChanged``, or ``FaultInRun``
    (several as ``Refusals``), and nothing is made. Raises ``NotApproved`` or ``NotASwissBank``, too.
    """
    held = held_run(run)
    if held.file_id is not None and held.status in {Status.EXPORTED, Status.BOOKED}:
        return held
    if held.status != Status.APPROVED:
        raise NotApproved(number=held.number, status=held.get_status_display())
    if digest_of(held) != held.digest:
        raise ContentChanged
    rows = checked(held)
    require_faultless(rows)
    order = order_of(held, rows)
    content = writing.write(order)
    file = storing.keep(
        company=held.company, name=f"{held.company.short_name}-pain001-{held.number}.xml",
        content=content, content_type=XML, by=by,
    )  # fmt: skip
    changed = PaymentRun.of(held.company_id).filter(pk=held.pk, status=Status.APPROVED).update(
        status=Status.EXPORTED, file=file, message_id=order.id, exported_at=clock.now(),
        exported_by=by,
    )  # fmt: skip
    if not changed:
        raise NotApproved(number=held.number, status=held.get_status_display())
    update_rows(RunPayment, [row.payment for row in rows], ["block_id"])
    trail.record(company=held.company, by=by, action="payment_run.export", subject=held,
                 details={"file": file.digest, "number": order.id, "count": order.count})  # fmt: skip
    return held_run(held)


def order_of(run: PaymentRun, rows: Iterable[Checked]) -> Order:
    """The order of a run as values; each payment is told its block. Raises ``NotASwissBank``."""
    iban = run.bank_account.iban
    if iban[:2] not in {"CH", "LI"}:
        raise NotASwissBank(account=iban)
    now = clock.now().astimezone(clock.ZURICH)
    message = f"RP{run.company_id}-{run.number}-{now:%y%m%d}"
    bank = reference.bank_of(iban)
    debtor = fitted(run.company.name).text
    payments = sorted(
        (row.payment for row in rows), key=lambda one: (one.date, _group(run, one), one.position)
    )
    blocks = []
    for nth, ((date, _kind), found) in enumerate(
        groupby(payments, key=lambda one: (one.date, _group(run, one))), 1
    ):
        rows_of_block = list(found)
        for one in rows_of_block:
            one.block_id = f"{message}-{nth}"
        blocks.append(Block(
            f"{message}-{nth}", date, iban, debtor[:SEPA_NAME],
            tuple(_transaction(run, one) for one in rows_of_block),
            bank_iid=bank.bank.iid if bank is not None else iban[4:9], batch=run.batch,
            is_salary=run.is_salary, advice=Advice(run.advice),
        ))  # fmt: skip
    return Order(message, now, debtor[:SEPA_NAME], tuple(blocks), Software())


def _group(run: PaymentRun, one: RunPayment) -> str:
    """Wages say their type of payment on the block, so that one block has one type."""
    return _kind_of(run, one).value if run.is_salary else ""


def _kind_of(run: PaymentRun, one: RunPayment) -> Kind:
    return _transaction(run, one).kind


def _transaction(run: PaymentRun, one: RunPayment) -> Transaction:
    address = None
    if one.town and one.country:
        address = Address(one.town, one.country, one.street, one.house_number, one.postcode)
    made = Transaction(
        one.end_to_end_id, one.end_to_end_id, one.amount, run.currency, one.payee, one.account,
        address=address, is_iban=one.is_iban, bank=Bank(one.bic, one.bank),
        reference_kind=ReferenceKind(one.reference_kind), reference=one.reference,
        message=one.message, charges=Charges(one.charges) if one.charges else None,
    )  # fmt: skip
    return replace(made, name=made.name[:SEPA_NAME]) if made.kind is Kind.SEPA else made
