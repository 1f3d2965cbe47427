"""What the portal refuses (Zurückweisungen), each with the portal's code, a place and a remedy.

Sources: eCH-0217 v2.0.0, its schema and chapters 5 and 7; VAT Act art. 34 to 37.
"""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError


class PortalRefusal(DomainError):
    """What the tax office's portal would refuse; ``portal`` is the code it would do so with."""

    portal: ClassVar[str] = "MWST-0001"
    conflict = True


# --- MWST-0001: what the file can hold --------------------------------------------------------------
class LengthRefused(PortalRefusal):
    code = "vat.file_length"
    message = _("“%(value)s” has %(length)s characters, and the file takes %(least)s to %(most)s. "
                "Change the text.")  # fmt: skip


class CharactersRefused(PortalRefusal):
    code = "vat.file_characters"
    message = _("“%(value)s” holds characters that no file can hold. Type the text again.")


class SubmissionUnknown(PortalRefusal):
    code = "vat.submission_unknown"
    message = _("“%(value)s” is no kind of filing. Choose first filing, correction or annual "
                "reconciliation.")  # fmt: skip
    field = "kind"


class TooPrecise(PortalRefusal):
    code = "vat.file_decimals"
    message = _("Box %(box)s holds %(value)s, and the file takes two decimals. Find the entries with "
                "parts of a centime, and correct them.")  # fmt: skip


class NoteMissing(PortalRefusal):
    code = "vat.note_missing"
    message = _("Box 280 deducts %(value)s without saying what it is. Describe the deduction in at most "
                "%(most)s characters.")  # fmt: skip
    field = "note_280"


class RateMissing(PortalRefusal):
    code = "vat.rate_missing"
    message = _("Turnover of %(value)s has no tax rate. Give its entries a code with a rate, or one of a "
                "deduction (220 to 280).")  # fmt: skip


class RateImpossible(PortalRefusal):
    code = "vat.rate_impossible"
    message = _("%(value)s is no tax rate: it lies between 0 and 100 percent and has at most two "
                "decimals. Correct the rate of the entries.")  # fmt: skip


class NoBoxForRate(PortalRefusal):
    code = "vat.no_box_for_rate"
    message = _("%(turnover)s at %(value)s %% fits no box of the form. Check rate and supply date of the "
                "entries, or file a correction for the year of the supplies.")  # fmt: skip


class RatesMixed(PortalRefusal):
    code = "vat.rates_mixed"
    message = _("Row “%(row)s” mixes the rates %(value)s, and each row has one. Correct the entries; "
                "supplies made before 2025 are declared under their technical code (T0001 to T0020).")  # fmt: skip


class TooManyRows(PortalRefusal):
    code = "vat.too_many_rows"
    message = _("The return has %(value)s rows of turnover, and the form takes %(most)s. Put activities "
                "together, or file in the portal by hand.")  # fmt: skip
    field = "supplies"


class ActivityMissing(PortalRefusal):
    code = "vat.activity_missing"
    message = _("Turnover of %(value)s belongs to no activity. Give its income account the activity that "
                "the tax office granted.")  # fmt: skip


class ActivityCodeWrong(PortalRefusal):
    code = "vat.activity_code_wrong"
    message = _("“%(value)s” is no activity code: it has exactly 5 letters or digits. Take it over from "
                "the portal, under the terms of accounting.")  # fmt: skip


# --- MWST-0002: method and period -------------------------------------------------------------------
class MethodRefused(PortalRefusal):
    code = "vat.method_not_filed"
    portal = "MWST-0002"
    message = _("By the method “%(value)s” no return is filed for a period until %(end)s. Correct the VAT "
                "settings of that time.")  # fmt: skip
    field = "method"


class BoxNotInMethod(PortalRefusal):
    code = "vat.box_not_in_method"
    portal = "MWST-0002"
    message = _("Box %(box)s holds %(value)s, and this method's return has no such box. Change the VAT "
                "code of its entries, or the method in the VAT settings.")  # fmt: skip


# --- MWST-0003: lengths of periods ------------------------------------------------------------------
class PeriodBackwards(PortalRefusal):
    code = "vat.period_backwards"
    portal = "MWST-0003"
    message = _("The period ends on %(end)s, before it begins on %(value)s. Correct the days.")
    field = "end"


class PeriodAcrossYears(PortalRefusal):
    code = "vat.period_across_years"
    portal = "MWST-0003"
    message = _("The period from %(value)s to %(end)s reaches into another year, and a period lies within "
                "one (art. 34 VAT Act). File one return until %(last)s and one from %(first)s on.")  # fmt: skip
    field = "end"


class NotWholeMonths(PortalRefusal):
    code = "vat.period_not_whole_months"
    portal = "MWST-0003"
    message = _("The period from %(value)s to %(end)s is not of whole months. Begin on the first and end "
                "on the last day of a month, or mark it as first or last period of liability.")  # fmt: skip
    field = "end"


class PeriodLength(PortalRefusal):
    code = "vat.period_length"
    portal = "MWST-0003"
    message = _("The period has %(value)s months, and by this method it has %(months)s. Choose such a "
                "period, or mark it as first or last period of liability.")  # fmt: skip
    field = "end"


# --- MWST-0005, 0006: totals ------------------------------------------------------------------------
class TurnoverDiffers(PortalRefusal):
    code = "vat.turnover_differs"
    portal = "MWST-0005"
    message = _("Box 299 is %(value)s, but the turnover by rates adds up to %(rows)s: a difference of "
                "%(difference)s. Look for turnover without a rate, or deductions that were taxed.")  # fmt: skip
    field = "box_299"


class PayableDiffers(PortalRefusal):
    code = "vat.payable_differs"
    portal = "MWST-0006"
    message = _("The tax to be paid is %(value)s, but the rows give %(reckoned)s. Compute the return "
                "anew.")  # fmt: skip
    field = "box_500"


# --- MWST-0009: who files ---------------------------------------------------------------------------
class UidMissing(PortalRefusal):
    code = "vat.uid_missing"
    portal = "MWST-0009"
    message = _("The company has no UID. Enter it in the company's settings.")
    field = "uid"


class UidWrong(PortalRefusal):
    code = "vat.uid_wrong"
    portal = "MWST-0009"
    message = _("“%(value)s” is no valid UID: its form or its check digit is wrong. Correct it by the UID "
                "register (www.uid.admin.ch).")  # fmt: skip
    field = "uid"
