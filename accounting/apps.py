from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountingConfig(AppConfig):
    name = "accounting"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:

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
        from accounting.closing import guarding, legal, proving
        from accounting.hours import billing
        from accounting.hours import contacts as worked_for
        from accounting.hours import searching as of_projects
        from accounting.ledger import holders, posting, searching, verifying, year_end_checks
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

        holders.holders.update({booking.ROOM: booking.named, books.ROOM: books.named})
        posting.before_reversal.append(checking.require_no_items)
        posting.before_reversal.append(accruing.require_no_accrual)
        posting.before_reversal.append(of_register.require_own)
        posting.before_reversal.append(running.require_whole)
        posting.further_refusals[BelowZero.code] = below_zero
        claims.claimed.append(dunning.claimed_by)
        orders.ordered.append(paid.ordered_by)
        hearing.booked.append(paid.hear)
        booking.unbooked.append(paid.hear_undone)
        verifying.further_proofs.append(checking.proof)
        searching.register()
        of_items.register()
        of_sales.register()
        of_bills.register()
        of_banks.register()
        of_projects.register()
        of_assets.register()
        of_the_year.register_own()
        asides.register("assets", aside.show)
        following.register()
        merging.register("open_items", whose.follow, whose.has_any, label=_("open items"))
        merging.register(
            "documents", sold_to.follow, sold_to.has_any, label=_("offers and invoices")
        )
        merging.register(
            "supplier_invoices", bought_from.follow, bought_from.has_any,
            label=_("suppliers' invoices"),
        )  # fmt: skip
        merging.register("projects", worked_for.follow, worked_for.has_any, label=_("projects"))
        drafting.before_delete.append(billing.hear_deleted)
        issuing.after_credit.append(billing.hear_credited)
        capturing.register()
        merging.register("payees", payees.follow, payees.has_any, label=_("accounts of payees"))
        saving.accounts_changed.append(payees.hear)
        stops.register()
        contact_panels.register()
        subjects.register(
            SalesDocument.OWN_FIELDS, label=_("Offers and invoices"), prints=True,
            settings=Permission.RECEIVABLES_SETTINGS, values_of=subjects.counted(SalesDocument),
        )  # fmt: skip
        touching.register("banking", bank_accounts, sources=["banks"])
        year_end_checks.register_own()
        for room in (
            of_statements, of_boxes, of_controls, of_costs, of_currencies, legal, of_closings
        ):  # fmt: skip
            room.register_own()
        posting.before_reversal.append(guarding.require_both)
        verifying.further_proofs.append(proving.proof)
