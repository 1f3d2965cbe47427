"""What the rooms of accounting hear of each other: each is told at the start, so that none imports upwards.

Read by ``accounting.apps`` once all models are there.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounting.assets import aside
from accounting.assets import posting as of_register
from accounting.assets import searching as of_assets
from accounting.assets import year_end as of_the_year
from accounting.banking import booking
from accounting.banking import searching as of_banks
from accounting.banking import year_end as of_statements
from accounting.banking.matching import claims, hearing, orders
from accounting.banking.touching import bank_accounts
from accounting.cash import books
from accounting.cash import year_end as of_boxes
from accounting.cash.errors import BelowZero, below_zero
from accounting.closing import asides as of_closings
from accounting.closing import closing, guarding, legal, proving
from accounting.closing import later as of_later_years
from accounting.hours import billing
from accounting.hours import contacts as worked_for
from accounting.hours import searching as of_projects
from accounting.ledger import holders, later, posting, searching, verifying, year_end_checks
from accounting.open_items import checking
from accounting.open_items import contacts as whose
from accounting.open_items import searching as of_items
from accounting.open_items import year_end as of_controls
from accounting.payables import accruing, capturing
from accounting.payables import contacts as bought_from
from accounting.payables import searching as of_bills
from accounting.payables import year_end as of_costs
from accounting.payments import booking as paid
from accounting.payments import payees
from accounting.procedure import jobs as of_procedure
from accounting.procedure import registering
from accounting.receivables import contact_panels, drafting, issuing
from accounting.receivables import contacts as sold_to
from accounting.receivables import searching as of_sales
from accounting.receivables.dunning import queries as dunning
from accounting.receivables.dunning import stops
from accounting.receivables.models import SalesDocument
from accounting.terms import following
from accounting.valuation import running
from accounting.valuation import year_end as of_currencies
from contacts import merging, saving
from erp.access.permissions import Permission
from erp.own_fields import subjects
from erp.reference import touching
from erp.web import asides


def money() -> None:
    """Names of bank accounts and cash books, payments that are looked for, booked and taken back."""
    holders.holders.update({booking.ROOM: booking.named, books.ROOM: books.named})
    posting.further_refusals[BelowZero.code] = below_zero
    claims.claimed.append(dunning.claimed_by)
    orders.ordered.append(paid.ordered_by)
    hearing.booked.append(paid.hear)
    booking.unbooked.append(paid.hear_undone)
    touching.register("banking", bank_accounts, sources=["banks"])


def reversals() -> None:
    """What is asked before an entry is reversed, in this order, what proves the ledger, and who accrues."""
    for ask in (
        checking.require_no_items, accruing.require_no_accrual, of_register.require_own,
        running.require_whole, guarding.require_both,
    ):  # fmt: skip
        posting.before_reversal.append(ask)
    verifying.further_proofs.extend([checking.proof, proving.proof])
    later.accruing.append(of_later_years.hear)


def searches() -> None:
    """What the search finds, and what stands beside an entry."""
    for room in (searching, of_items, of_sales, of_bills, of_banks, of_projects, of_assets):
        room.register()
    asides.register("assets", aside.show)


def parties() -> None:
    """What belongs to contacts and follows them when two are merged, and what hears of their accounts."""
    following.register()
    for name, room, label in (
        ("open_items", whose, _("open items")),
        ("documents", sold_to, _("offers and invoices")),
        ("supplier_invoices", bought_from, _("suppliers' invoices")),
        ("projects", worked_for, _("projects")),
        ("payees", payees, _("accounts of payees")),
    ):
        merging.register(name, room.follow, room.has_any, label=label)
    saving.accounts_changed.append(payees.hear)
    contact_panels.register()


def documents() -> None:
    """What hears of documents, and what they hear."""
    drafting.before_delete.append(billing.hear_deleted)
    issuing.after_credit.append(billing.hear_credited)
    capturing.register()
    stops.register()
    subjects.register(
        SalesDocument.OWN_FIELDS, label=_("Offers and invoices"), prints=True,
        settings=Permission.RECEIVABLES_SETTINGS, values_of=subjects.counted(SalesDocument),
    )  # fmt: skip


def year_end() -> None:
    """The checks of a year's end."""
    for room in (
        of_the_year, year_end_checks, of_statements, of_boxes, of_controls, of_costs, of_currencies,
        legal, of_closings,
    ):  # fmt: skip
        room.register_own()


def procedure() -> None:
    """Who tells how the books are kept, and that it is kept with each closing."""
    registering.register_own()
    closing.after_closing.append(of_procedure.hear_closed)
