from django.apps import AppConfig


class PayrollConfig(AppConfig):
    name = "payroll"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from accounting.banking import booking as statements
        from accounting.banking.matching import hearing, orders
        from accounting.ledger import posting
        from accounting.payables import approving
        from accounting.payables import booking as bills
        from contacts import merging
        from payroll.declarations import deferring, year_end
        from payroll.employees import above, following, insured_by, ready
        from payroll.expenses import booking as expenses
        from payroll.expenses import procedure
        from payroll.runs import bank, booking, movements, queries, using, words  # noqa: F401 - brings its words
        from payroll.settlements import guarding
        from payroll.setup import institutions
        from payroll.wage_types import usage

        bills.after_reversal.append(expenses.hear_reversed)
        approving.before_submit.append(expenses.require_as_claimed)
        movements.after_change.append(expenses.require_kept)
        movements.bound.append(expenses.bound)
        following.register()
        insured_by.register()
        ready.register()
        above.paid_until.append(queries.paid_until)
        posting.before_reversal.append(booking.require_own)
        posting.before_reversal.insert(0, guarding.before_reversal)
        posting.before_reversal.append(deferring.require_both)
        institutions.used_by.append((_("withholding-tax settlements"), guarding.uses))
        orders.ordered.append(bank.ordered_by)
        hearing.booked.append(bank.hear)
        statements.unbooked.append(bank.hear_undone)
        usage.register_own()
        using.register()
        merging.register(
            "institutions", institutions.follow, institutions.has_any, label=_("institutions")
        )
        merging.register(
            "expense_claims", expenses.follow_payee, expenses.paid_any, label=_("expense claims")
        )
        year_end.register_own()
        procedure.register_own()
