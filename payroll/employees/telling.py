"""What is to be told of people, in words (Hinweise): codes with values become sentences here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from payroll.wages.values import Finding

TEXTS: Final[dict[str, Any]] = {
    # before a run
    "people.no_wage": _("There is no wage for %(from)s to %(until)s. Enter the terms of the contract."),
    "people.no_ahv_number": _("The AHV number is missing. Ask for the insurance card."),
    "people.no_payout": _("There is no account that the wage is paid to. Enter the payout."),
    "people.no_insurance": _("No insurance solution is assigned. Choose accident insurance and others."),
    "people.no_residence": _("The residence is missing. Enter canton and commune."),
    "people.no_permit": _("The permit of a foreign national is missing. Enter it, or the Swiss nationality."),
    "people.no_tax_code": _("There is no decision on withholding tax, though permit or residence ask for one. "
                            "Enter the code."),
    "people.no_address": _("The contact has no address. Slips and certificates need one."),
    "people.no_allowance": _("What the allowance of %(child)s is in the canton %(canton)s is not known. Enter "
                             "its amount with the child, or the wage type for it."),
    "people.allowance_below": _("The allowance of %(child)s, %(amount)s, is below what the canton %(canton)s pays, "
                                "%(least)s. Check the amount of the child."),
    # plausibility
    "people.wage_low": _("A monthly wage of %(value)s at %(degree)s %% is unusually low. Is it an hourly wage?"),
    "people.wage_high": _("A monthly wage of %(value)s is unusually high. Check the point."),
    "people.hour_low": _("An hourly wage of %(value)s is unusually low. Check it against minimum wages."),
    "people.hour_high": _("An hourly wage of %(value)s is unusually high. Is it a monthly wage?"),
    "people.few_holidays": _("%(value)s weeks of holidays are fewer than the law gives: four, and five until "
                             "the 20th birthday (OR 329a)."),
    "people.degree_high": _("A degree of %(value)s %% is above 100 %%. Check it."),
    "people.employer_pays_less": _("The employer pays less to the pension fund than the employee; at least "
                                   "half of all contributions is the employer's (BVG Art. 66)."),
    "people.needs_no_tax": _("Swiss citizens and holders of permit C who live in Switzerland owe no withholding "
                             "tax. Check code, permit and residence."),
    "people.children_differ": _("The code counts %(counted)s children, of the family %(value)s are known. Check "
                                "which of them count for the tax."),
    "people.lessons_no_degree": _("Paid by lessons beside other jobs: enter the own degree with the withholding tax, "
                                  "or the median wage counts for the rate."),
    "people.no_children": _("Tariff %(letter)s is for who lives alone with children. Check the number of children."),
    "people.letter_differs": _("Tariff %(letter)s does not fit the civil status “%(status)s”. Check the code."),
    "people.church_differs": _("The code says %(mark)s for church tax, the confession says otherwise. Correct one "
                               "of them; in GE, NE, TI, VD and VS it is N as a rule."),
    "people.tax_canton_differs": _("The tax goes to the canton %(value)s, but %(right)s is that of residence or "
                                   "place of work. Check it."),
    "people.mid_month": _("A change of the code counts from the first of the month that follows. Check the day."),
    "people.france_only": _("The agreement with France does not hold in the canton %(value)s. Check the code."),
    "people.too_old_child": _("The child allowance of %(child)s ends with %(until)s, the month of the 16th "
                              "birthday. Let it end then."),
    "people.allowance_until": _("The allowance of %(child)s ends on %(until)s by age. Let the fact end then, or "
                                "earlier if the education ends."),
    "people.education_age": _("An education allowance is paid from 15 on and ends with %(until)s, the month of "
                              "the 25th birthday. Check that of %(child)s."),
    "people.paid_already": _("Wages were posted until %(until)s. What was posted stays; make a correction, or "
                             "let the next run take it into account."),
    "people.next_begins": _("It holds until %(until)s, as the next one begins after it."),
    "people.facts_after_exit": _("Facts that begin after the exit stay and have no effect: %(kinds)s."),
    "people.terms_of_before": _("Wage, insurances and payout of before hold on until you enter others."),
    "people.ahv_number_taken": _("Another person has the same AHV number."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding in words, for pages and answers."""

    code: str
    text: str
    stops: bool = False


def told(finding: Finding) -> Remark:
    """A finding in the language of whoever reads it."""
    text = str(TEXTS[finding.code]) % finding.values
    return Remark(finding.code, text, finding.stops)


def all_told(findings: Iterable[Finding]) -> list[Remark]:
    return [told(one) for one in findings]
