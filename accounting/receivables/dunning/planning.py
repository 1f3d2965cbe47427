"""Who is dunned on a day, for what, and why (Mahnvorschlag): pure, nothing is asked or written.

Per customer and currency: what is due, less part payments; credits are set off against what is
due, the oldest first; each item advances by its own level, and the letter is that of the highest.
Interest runs from the day after the due date on what was open each day, never on fees or interest
(OR 104, 105). Never more is demanded than is open, with fee and interest named beside it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from accounting.receivables.dunning.models import Channel, Interest
from accounting.receivables.dunning.reasons import Why, why
from accounting.receivables.dunning.values import (
    Credit,
    Customer,
    Dunned,
    Letter,
    Level,
    NotDunned,
    Owed,
    Plan,
    Rules,
)
from erp.core.money import ZERO, to_centimes

DAY: Final = dt.timedelta(days=1)
DAYS_OF_A_YEAR: Final = 365  # calendar days, as courts reckon interest on arrears


def plan(
    day: dt.date, *, items: Sequence[Owed], customers: Mapping[int, Customer],
    left_out_items: Collection[int] = (), left_out_customers: Collection[int] = (),
) -> Plan:  # fmt: skip
    """The letters of a day, and all that gets none, each with its reasons.

    ``items`` are what is open on the day, credits included; ``customers`` say by contact's id how
    each is dunned. What is left out is so for this time only.
    """
    groups: dict[tuple[int | None, str, str], list[Owed]] = {}
    for item in items:
        who = "" if item.contact is not None else item.party
        groups.setdefault((item.contact, who, item.currency), []).append(item)
    made = []
    for (contact, who, currency), rows in groups.items():
        customer = customers.get(contact) if contact is not None else None
        customer = customer or Customer(None, who or rows[0].party)
        out = frozenset(left_out_items), contact in set(left_out_customers)
        made.append(_letter(day, customer, currency, rows, *out))
    made.sort(
        key=lambda one: (one.customer.name.casefold(), one.customer.contact or 0, one.currency)
    )
    return Plan(
        day, tuple(one for one in made if one.items), tuple(one for one in made if not one.items)
    )


def _letter(
    day: dt.date, customer: Customer, currency: str, rows: Sequence[Owed],
    left_out: Collection[int], customer_left_out: bool,
) -> Letter:  # fmt: skip
    claims = sorted((r for r in rows if r.open > 0), key=lambda r: (r.due_date, r.id))
    credits = sorted((r for r in rows if r.open < 0), key=lambda r: (r.document_date, r.id))
    ready: list[tuple[Owed, Level | None]] = []
    others: list[NotDunned] = []
    covers: list[Owed] = []  # what credits are set off against
    for owed in claims:
        kept = _kept_out(day, owed, customer, left_out, customer_left_out)
        if kept is not None:
            others.append(kept)
            continue
        covers.append(owed)
        level, waiting = _next_level(day, owed, customer.rules)
        if waiting is not None:
            others.append(waiting)
        else:
            ready.append((owed, level))
    pairs = _set_off(credits, covers)
    dunned: list[tuple[Owed, Level | None, Decimal]] = []
    for owed, level in ready:
        netted = sum((amount for _c, claim, amount in pairs if claim.id == owed.id), ZERO)
        if netted == owed.open:
            others.append(NotDunned(owed, (why("netted", credits=_names(pairs, owed)),)))
        else:
            dunned.append((owed, level, netted))
    levels = [level for _o, level, _n in dunned if level is not None]
    rest = sum((owed.open - netted for owed, level, netted in dunned if level is not None), ZERO)
    if not levels or rest < customer.rules.minimum:
        told = why("below_minimum", total=rest, minimum=customer.rules.minimum) if levels else None
        others += [NotDunned(owed, (told if told and level else why("fee_alone"),))
                   for owed, level, _netted in dunned]  # fmt: skip
        dunned, levels = [], []
    others.sort(key=lambda one: (one.owed.due_date, one.owed.id))
    if not levels:
        nexts = [one.next_on for one in others if one.next_on is not None]
        return Letter(customer, currency, (), tuple(_credits(credits, pairs, set())), tuple(others),
                      next_on=min(nexts, default=None))  # fmt: skip
    highest = max(levels, key=lambda level: level.step)
    shown = {owed.id for owed, _l, _n in dunned}
    return _addressed(day, Letter(
        customer, currency,
        tuple(_dunned(day, owed, level, netted, highest, pairs) for owed, level, netted in dunned),
        tuple(_credits(credits, pairs, shown)), tuple(others), level=highest,
        fee=highest.fees.get(currency, ZERO), pay_until=day + highest.period * DAY,
    ))  # fmt: skip


def _kept_out(
    day: dt.date, owed: Owed, customer: Customer, left_out: Collection[int], customer_out: bool
) -> NotDunned | None:
    """What keeps an item off the letter before levels are looked at, where something does."""
    first = customer.rules.levels[0] if customer.rules.levels else None
    if day <= owed.due_date:
        after = max(1, first.days_after_due) if first else 1
        return NotDunned(owed, (why("not_due", due=owed.due_date),), owed.due_date + after * DAY)
    if owed.contact is None or customer.contact is None:
        return NotDunned(owed, (why("no_contact"),))
    for stop, code in ((owed.stop, "stopped"), (customer.stop, "customer_stopped")):
        if stop is not None and stop.counts_on(day):
            told = {"kind": stop.kind, "text": stop.text}
            if stop.until is not None:
                return NotDunned(owed, (why(f"{code}_until", until=stop.until, **told),),
                                 stop.until + DAY)  # fmt: skip
            return NotDunned(owed, (why(code, **told),))
    if customer_out:
        return NotDunned(owed, (why("customer_left_out"),), day + DAY)
    if owed.id in left_out:
        return NotDunned(owed, (why("left_out"),), day + DAY)
    if first is None:
        return NotDunned(owed, (why("no_procedure"),))
    return None


def _next_level(day: dt.date, owed: Owed, rules: Rules) -> tuple[Level | None, NotDunned | None]:
    """The level an item has reached, or why it has to wait. A fee has no level of its own."""
    if owed.is_fee:
        return None, None
    sent, days = owed.sent, (day - owed.due_date).days
    if sent is None:
        level = rules.levels[0]
        after = max(1, level.days_after_due)
        on = owed.due_date + after * DAY
        if day < on:
            return None, NotDunned(owed, (why("within_grace", days=days, after=after, on=on),), on)
        return level, None
    following = rules.after(sent.step)
    if following is None:
        return None, NotDunned(owed, (why("last_level", sent=sent.date),))
    on = max(owed.due_date + following.days_after_due * DAY,
             sent.date + max(1, following.days_after_step) * DAY, sent.pay_until + DAY)  # fmt: skip
    if day <= sent.pay_until:
        told = why("period_runs", step=sent.step, sent=sent.date, until=sent.pay_until)
        return None, NotDunned(owed, (told,), on)
    if day < on:
        return None, NotDunned(
            owed, (why("level_waits", step=sent.step, sent=sent.date, on=on),), on
        )
    return following, None


Pair = tuple[Owed, Owed, Decimal]  # a credit, what it is set off against, and how much


def _set_off(credits: Sequence[Owed], claims: Sequence[Owed]) -> list[Pair]:
    """Set credits off against claims, both in their order, until one side is used up."""
    pairs: list[Pair] = []
    left = {one.id: -one.open for one in credits}
    for claim in claims:
        need = claim.open
        for credit in credits:
            taken = min(need, left[credit.id])
            if taken > 0:
                pairs.append((credit, claim, taken))
                left[credit.id] -= taken
                need -= taken
    return pairs


def _names(pairs: Sequence[Pair], claim: Owed) -> tuple[str, ...]:
    return tuple(dict.fromkeys(credit.called for credit, one, _a in pairs if one.id == claim.id))


def _credits(
    credits: Sequence[Owed], pairs: Sequence[Pair], shown: Collection[int]
) -> list[Credit]:
    found = []
    for credit in credits:
        used = sum((a for c, claim, a in pairs if c.id == credit.id and claim.id in shown), ZERO)
        whole = sum((a for c, _claim, a in pairs if c.id == credit.id), ZERO)
        told = why("takes_off", used=whole) if whole else why("unused")
        found.append(Credit(credit, used, (told,)))
    return found


def _dunned(
    day: dt.date, owed: Owed, level: Level | None, netted: Decimal, highest: Level,
    pairs: Sequence[Pair],
) -> Dunned:  # fmt: skip
    days = (day - owed.due_date).days
    told: list[Why] = []
    if level is None:
        told.append(why("earlier_fee"))
    elif owed.sent is None:
        told.append(why("first", days=days, after=max(1, level.days_after_due)))
    else:
        sent = owed.sent
        told.append(why("following", before=sent.step, sent=sent.date, until=sent.pay_until,
                        step=level.step))  # fmt: skip
    if owed.open != owed.amount:
        told.append(why("part_paid", paid=owed.amount - owed.open, amount=owed.amount))
        percent, until = owed.discount_percent, owed.discount_until
        late = percent is not None and until is not None and day > until
        if late and percent and owed.open <= to_centimes(owed.amount * percent / 100):
            told.append(why("discount_over", percent=percent, until=until))
    if netted:
        told.append(why("netted_in_part", amount=netted, credits=_names(pairs, owed)))
    made = Dunned(owed, level.step if level else None, netted, days, ZERO, tuple(told))
    if level is None or highest.interest == Interest.OFF:
        return made
    return replace(made, interest=interest_on(owed, day, rest=made.rest, percent=highest.percent))


def interest_on(owed: Owed, day: dt.date, *, rest: Decimal, percent: Decimal) -> Decimal:
    """Interest on arrears until a day, from the day after the due date (Verzugszins).

    On what is left, and on what was paid late until it was; calendar days of 365 a year, rounded to
    0.01. Source: OR 104 para. 1; no interest on interest (OR 105 para. 3).
    """
    centime_days = rest * (day - owed.due_date).days
    for paid_on, amount in owed.late:
        centime_days += amount * max(0, (min(paid_on, day) - owed.due_date).days)
    return to_centimes(centime_days * percent / 100 / DAYS_OF_A_YEAR)


def _addressed(day: dt.date, letter: Letter) -> Letter:
    """The letter with the way it goes, what explains it, and the day of the next step."""
    level, customer = letter.level, letter.customer
    assert level is not None and letter.pay_until is not None  # it has items
    told: list[Why] = []
    steps = {item.step for item in letter.items if item.step}
    if len(steps) > 1:
        told.append(why("highest_level", step=level.step))
    if letter.fee:
        told.append(why("fee", step=level.step, currency=letter.currency, amount=letter.fee))
    if letter.interest:
        code = "interest" if letter.charges_interest else "interest_shown"
        told.append(why(code, percent=level.percent))
    channel = Channel.PRINT
    if level.channel != Channel.PRINT and customer.mail:
        channel = Channel.MAIL
        told.append(why("by_mail", mail=customer.mail))
    if channel == Channel.PRINT and not customer.has_address:
        told.append(why("no_address"))
    following = customer.rules.after(level.step)
    after = (
        max(letter.pay_until + DAY, day + max(1, following.days_after_step) * DAY)
        if following
        else None
    )
    return replace(letter, channel=channel, why=tuple(told), next_on=after)
