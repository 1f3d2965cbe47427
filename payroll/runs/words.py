"""Why an amount is what it is, and what was found, in words (Begründungen): codes become sentences here."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from payroll.employees.telling import TEXTS
from payroll.runs.findings import further_words, shown
from payroll.wages.values import Reason

WHY: Final[dict[str, Any]] = {
    "wage.month": _("%(wage)s a month, whole month"),
    "wage.days": _("%(wage)s a month, %(days)s of 30 days"),
    "wage.rate": _("rate of the contract: %(wage)s"),
    "wage.rate_reckoned": _("%(wage)s a month at %(degree)s %%, over %(hours)s hours, %(percent)s %%"),
    "line.typed": _("as typed"),
    "line.quantity": _("%(quantity)s × %(rate)s"),
    "line.percent": _("%(percent)s %% of %(base)s"),
    "line.employed_before": _("paid after the exit on %(until)s"),
    "car.share": _("%(percent)s %% of the price of %(price)s, at least %(minimum)s a month"),
    "supplement.holiday": _("holiday pay: %(percent)s %% of %(base)s"),
    "supplement.public_holiday": _("public holidays: %(percent)s %% of %(base)s"),
    "supplement.thirteenth": _("share of the 13th month's wage: %(percent)s %% of %(base)s"),
    "thirteenth.paid": _("earned and not paid yet: %(earned)s"),
    "balance.kind": _("benefits in kind of %(amount)s were not paid in money"),
    "balance.paid": _("%(amount)s were paid to others"),
    "garnishment.over": _("of the net wage of %(net)s, %(keeps)s stay with the employee"),
    "contribution.percent": _("insured this month %(insured)s, this year %(to_date)s (%(base)s)"),
    "contribution.range": _("wages of a year from %(from)s to %(to)s are insured, for %(days)s days"),
    "contribution.amount": _("amount as the insurer reported it"),
    "contribution.reckoned": _("reckoned of an expected wage of %(expected)s a year"),
    "contribution.employer_pays": _("the employer bears the employee's part of %(amount)s"),
    "contribution.days": _("holds for %(days)s of %(of)s days"),
    "contribution.ahv_income": _("%(less)s are free of AHV"),
    "contribution.trainee": _("of a trainee at least %(least)s, %(percent)s %% of the highest wage insured"),
    "contribution.of_contributions": _("in percent of the contributions to AHV/IV/EO of %(amount)s"),
    "ahv.too_young": _("liable to contributions from %(from)s on"),
    "ahv.allowance": _("allowance of pensioners: %(month)s a month, %(months)s months"),
    "ahv.allowance_waived": _("the employee waives the allowance of pensioners"),
    "ahv.small_wage": _("small wage: %(wages)s of at most %(limit)s a year"),
    "ahv.earned_before": _("earned before the reference age, reached since %(since)s, and paid late"),
    "tax.simplified": _("flat tax of %(percent)s %% by the simplified procedure, for the compensation fund"),
    "tax.by_tariff": _("%(canton)s %(code)s: %(percent)s %% at %(determinant)s, of %(taxable)s"),
    "tax.minimum": _("at least the minimum of %(minimum)s"),
    "tax.exempt": _("code %(code)s: no tax"),
    "tax.work_days": _("%(percent)s %% of the days were worked in Switzerland"),
    "tax.monthly": _("determinant of the month: periodic %(periodic)s in %(days)s days is %(scaled)s, and "
                     "%(aperiodic)s once: %(determinant)s"),
    "tax.yearly": _("determinant of the year: periodic %(periodic)s in %(days)s days, and %(aperiodic)s once: "
                    "%(determinant)s a month; due %(due)s, withheld %(withheld)s"),
    "tax.other_income": _("income elsewhere: %(other)s a month"),
    "tax.other_jobs": _("degree here %(own)s %%, of all jobs %(total)s %%"),
    "tax.other_unknown": _("degree here %(own)s %%, of all jobs unknown: %(total)s %% count"),
    "tax.median_wage": _("the median wage of %(median)s counts"),
    "tax.after_exit": _("paid after the exit: %(payment)s with the last wage, %(determinant)s"),
    "tax.exit_month": _("%(amount)s belong to the month of the exit, %(month)s"),
    "tax.correction": _("%(month)s: %(new)s instead of %(old)s"),
    "correction.difference": _("posted %(before)s, right is %(now)s"),
}  # fmt: skip

FOUND: Final[dict[str, Any]] = {
    "person.not_employed": _("There is no employment in %(month)s. Take the movements out, or check the entry."),
    "person.left": _("Paid after the exit on %(until)s."),
    "person.left_earlier": _("Left on %(until)s, in an earlier year: its ceilings go on. Report what is paid to "
                             "the compensation fund as a supplement to that year."),
    "person.exit_year_unknown": _("Left on %(until)s, in an earlier year, whose wages are not known here: what is "
                                  "insured cannot be told. Enter the AHV wages of that year with the exit."),
    "movement.unknown_type": _("There is no wage type %(type)s. Take the movement out, or add the type."),
    "movement.no_amount": _("Wage type %(type)s has neither amount nor quantity. Type one of them."),
    "movement.no_rate": _("Wage type %(type)s has a quantity without a rate. Type the rate."),
    "movement.circle": _("Wage type %(type)s is a percentage of itself. Change what it is of."),
    "movement.overflow": _("The amount of wage type %(type)s is too large. Check it."),
    "movement.no_quantity": _("Paid by hours or lessons, and none are typed."),
    "movement.unknown_employment": _("Wage type %(type)s names an employment that has not begun. Take it out."),
    "net.not_exact": _("Roundings do not let %(wanted)s be reached exactly: %(reached)s."),
    "net.too_low": _("Without it, more than %(wanted)s is reached already: %(reached)s."),
    "net.too_high": _("No amount reaches %(wanted)s; it is %(reached)s."),
    "role.missing": _("No wage type is used for “%(role)s”. Choose one among the wage types."),
    "contribution.no_type": _("Contribution %(key)s %(code)s has no wage type to deduct it under."),
    "figures.no_reference_age": _("The reference age for the year of birth %(year)s is not known."),
    "thirteenth.overpaid": _("%(amount)s more of the 13th month's wage was paid than earned."),
    "nbu.few_hours": _("%(hours)s hours a week are fewer than eight, yet NBU is deducted."),
    "pension.missing": _("A wage of %(wage)s a year is above the threshold of %(threshold)s, and there is no "
                         "contribution to a pension fund."),
    "simplified.wage_too_high": _("A wage of %(wage)s is above %(threshold)s: the simplified procedure is not "
                                  "allowed. Switch it off in the payroll settings."),
    "simplified.relative": _("Spouse and children in the own business are not settled by the simplified "
                             "procedure (BGSA Art. 2). Switch it off in the payroll settings."),
    "payout.negative": _("The payout is negative: %(amount)s. Carry the debt by an advance, or lower deductions."),
    "tax.not_reckoned": _("The withholding tax of code %(code)s cannot be reckoned."),
    "tax.unknown_code": _("The tariff of %(canton)s for %(year)s has no code %(code)s. Correct the code."),
    "tax.no_tariff": _("The withholding-tax tariff of %(canton)s for %(year)s is not loaded. Load it under "
                       "“Reference data”."),
    "tax.no_median_wage": _("The median wage of %(year)s is not known. Enter it under the figures."),
    "tax.no_last_wage": _("Paid after the exit, and the last wage is not known. Enter it."),
    "tax.work_days": _("%(abroad)s days abroad of %(days)s cannot be. Correct them."),
    "tax.other_year": _("The code %(code)s of %(month)s is of another year: the tax office corrects it."),
    "tax.year_gone": _("The withholding tax of %(year)s is corrected after its end: settle it as a supplement to that "
                       "year. A mere change of code of an earlier year is corrected by the tax office."),
    "tax.month_not_taxed": _("%(month)s was not taxed, so its code cannot change to %(code)s."),
    "tax.paid_after_liability": _("%(amount)s are paid after the liability to withholding tax has ended."),
    "tax.negative_wage": _("The taxable wage is negative: %(amount)s."),
    "tax.code_differs": _("%(month)s was taxed by another code than %(code)s."),
    "contributions.unknown_solution": _("Insurance solution %(solution)s is not there any more. Assign another."),
    "contributions.no_rate": _("Solution %(code)s has no rate on %(day)s. Enter it."),
    "contributions.none_fits": _("No rate of solution %(code)s is for this sex and age on %(day)s. Check the code."),
    "contributions.no_fund": _("There is no family allowance fund for the canton %(canton)s on %(day)s. Add it."),
    "contributions.pension_minimum": _("The pension fund's contribution is reckoned as the law's least. Enter what "
                                       "the fund reported."),
    "family.check_amount": _("The allowance of %(canton)s, %(amount)s, is not sure for this year. Check it."),
}  # fmt: skip


def why_in_words(reason: Reason) -> str:
    """A reason in the active language; a code without words tells itself with its values."""
    values = {name: shown(name, value) for name, value in reason.values.items()}
    if reason.code in WHY:
        try:
            return str(WHY[reason.code]) % values
        except KeyError:
            pass
    told = ", ".join(f"{name} {value}" for name, value in values.items())
    return f"{reason.code} {told}".strip()


further_words.extend([FOUND, TEXTS])
