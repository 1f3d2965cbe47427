"""Why something is dunned or not: values with a sentence, for pages, endpoints and tests alike."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounting.receivables.dunning.models import StopKind
from erp.core.display import told

#: Each code with its sentence. Values stand in it by name.
SENTENCES: Final[dict[str, Any]] = {
    # why an item is on the letter
    "first": _("Due for %(days)s days; the first level begins after %(after)s."),
    "following": _("Level %(before)s was sent on %(sent)s, its period ended on %(until)s; "
                   "level %(step)s follows."),
    "part_paid": _("%(paid)s of %(amount)s are settled; the rest is dunned."),
    "discount_over": _("The discount of %(percent)s %% could be taken until %(until)s; what was taken "
                       "off later is owed."),
    "netted_in_part": _("Reduced by %(amount)s: %(credits)s."),
    "earlier_fee": _("A fee of an earlier letter that is still open; claimed along, without interest."),
    # why it is not
    "not_due": _("Due on %(due)s only."),
    "within_grace": _("Due for %(days)s days; the first level begins after %(after)s, on %(on)s."),
    "period_runs": _("Level %(step)s of %(sent)s gives until %(until)s to pay."),
    "level_waits": _("Level %(step)s was sent on %(sent)s; the next is possible from %(on)s."),
    "last_level": _("The last level was sent on %(sent)s. Next would be debt enforcement."),
    "stopped": _("Stopped: %(kind)s. %(text)s"),
    "stopped_until": _("Stopped until %(until)s: %(kind)s. %(text)s"),
    "customer_stopped": _("The customer is not dunned: %(kind)s. %(text)s"),
    "customer_stopped_until": _("The customer is not dunned until %(until)s: %(kind)s. %(text)s"),
    "left_out": _("Left out of this run by hand."),
    "customer_left_out": _("The customer is left out of this run by hand."),
    "netted": _("Covered by what the customer has to his credit: %(credits)s."),
    "below_minimum": _("All of the customer comes to %(total)s, below the least amount to dun (%(minimum)s)."),
    "fee_alone": _("A fee of an earlier letter; it is claimed with the next letter only."),
    "no_contact": _("The item names no contact, so there is nobody to write to."),
    "no_procedure": _("There is no dunning level. Set them up in the settings."),
    # of a letter
    "highest_level": _("Its items have reached level %(step)s; the letter is that of the highest."),
    "fee": _("Level %(step)s costs %(currency)s %(amount)s."),
    "interest": _("Interest of %(percent)s %% a year is demanded, from the day after the due date, on what "
                  "was open each day (365 days)."),
    "interest_shown": _("Interest of %(percent)s %% a year is shown and not demanded, from the day after the "
                        "due date, on what was open each day (365 days)."),
    "no_address": _("No address is known that counts on this day: the letter has none, and its slip "
                    "no payer."),
    "by_mail": _("By e-mail to %(mail)s."),
    # of a credit
    "takes_off": _("%(used)s of it are set off against what is due, the oldest first."),
    "unused": _("Nothing that is due is left to be set off."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Why:
    """A reason: a code, and the values its sentence names."""

    code: str
    values: tuple[tuple[str, Any], ...] = ()

    def __getitem__(self, name: str) -> Any:
        return dict(self.values)[name]

    def __str__(self) -> str:
        named = {name: _told(value) for name, value in self.values}
        return (str(SENTENCES[self.code]) % named).strip()


def why(code: str, **values: Any) -> Why:
    """A reason by its code. ``KeyError`` for one without a sentence is a bug."""
    if code not in SENTENCES:
        raise KeyError(code)
    return Why(code, tuple(values.items()))


def _told(value: Any) -> Any:
    if value in StopKind.values:
        return StopKind(value).label
    if isinstance(value, Decimal | dt.date):
        return told(value)
    if isinstance(value, tuple):
        return ", ".join(str(one) for one in value)
    return value
