"""What a valuation refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError


class RateMissing(DomainError):
    code = "valuation.rate_missing"
    message = _("There is no rate of %(currency)s for %(date)s from “%(source)s”. Fetch or upload the rates "
                "of that day under reference data, or type the rate.")  # fmt: skip
    field = "rates"


class NotARate(DomainError):
    code = "valuation.not_a_rate"
    message = _("%(value)s is no exchange rate of %(currency)s. Write what one unit costs, above 0 "
                "and at most 999999.")  # fmt: skip
    field = "rates"


class NothingToValue(DomainError):
    code = "valuation.nothing_to_value"
    message = _("On %(date)s nothing was held or owed in a foreign currency. Choose another day.")
    field = "date"


class ValuedAlready(DomainError):
    code = "valuation.valued_already"
    message = _("%(date)s is valued already, and nothing has changed since. Undo that valuation first "
                "if it is to go.")  # fmt: skip
    field = "date"
    conflict = True


class UndoneAlready(DomainError):
    code = "valuation.undone_already"
    message = _("The valuation of %(date)s is undone already.")
    field = "run"
    conflict = True


class UndoneAsAWhole(DomainError):
    code = "valuation.undone_as_a_whole"
    message = _("Entry %(number)s belongs to the valuation of %(date)s. Undo that valuation under "
                "Foreign currencies, as a whole.")  # fmt: skip
    field = "entry"
    conflict = True
