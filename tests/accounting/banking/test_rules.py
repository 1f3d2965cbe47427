"""Own rules: which fit, which book by themselves, and what comes before them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import translation

from accounting.banking.matching.proposing import waiting
from accounting.banking.models import BankRule, BankTransaction
from accounting.banking.rules import keeping
from accounting.banking.rules.applying import book_by_itself, dry_run
from accounting.banking.rules.fitting import fit, fits
from erp.audit.models import AuditEvent
from tests import make
from tests.accounting.banking.test_matching import QRR, left, owed, paid, sound
from tests.accounting.open_items.books import company as books_of
from tests.accounting.open_items.books import lines_of

__all__ = ["owed", "paid"]  # fixtures


@pytest.fixture(name="company")
def books(db):
    return books_of()


def rule(company, name="Gebühren", account="6940", **more):
    more = more or {"text_contains": "gebühr"}
    new = BankRule(company=company, name=name, account=make.account(company, account), **more)
    return keeping.save_rule(new, by=make.owner_of(company))


def by_itself(company):
    return book_by_itself(company, list(waiting(company)), by=make.owner_of(company))


@pytest.fixture
def charged(paid):
    """A charge of the bank."""
    return lambda amount="12.00", text="Kontoführungsgebühr 03/26", **more: paid(
        amount, party="", iban="", text=text, side="DBIT", role="Cdtr", **more
    )


class TestFitting:
    @pytest.mark.parametrize(
        ("conditions", "holds"),
        [
            ({"text_contains": "KONTOFÜHRUNGS  gebühr"}, False),
            ({"text_contains": "kontoFÜHRUNGSgebühr"}, True),
            ({"text_contains": "gebühr", "direction": "out"}, True),
            ({"text_contains": "gebühr", "direction": "in"}, False),
            ({"amount_from": "12.00"}, True),
            ({"amount_from": "12.01"}, False),
            ({"amount_to": "12.00"}, True),
            ({"amount_to": "11.99"}, False),
            ({"party_contains": "Bank"}, False),
            ({"iban": "CH9300762011623852957"}, False),
        ],
    )
    def test_all_conditions_hold_or_the_rule_does_not(self, company, charged, conditions, holds):
        movement = charged()
        conditions = {
            name: Decimal(value) if name.startswith("amount") else value
            for name, value in conditions.items()
        }
        found = fit(rule(company, **conditions), movement)
        assert (found is not None) is holds
        assert found is None or found.closeness == len(conditions)

    def test_what_asks_for_more_fits_closer_then_the_order_counts(self, company, charged):
        first = rule(company, "a")
        second = rule(company, "b", text_contains="gebühr", direction="out")
        third = rule(company, "c", account="6570", text_contains="kontoführung")
        found = fits([third, second, first], charged())
        assert [one.rule for one in found] == [second, first, third]


class TestBooking:
    def test_a_rule_books_what_it_fits_with_code_and_text(self, company, charged, anna):
        charged()
        rule(company, books=True, text_contains="gebühr", text="Bankspesen")
        assert by_itself(company).by_rule == 1
        movement = BankTransaction.of(company).get()
        assert lines_of(movement.entry) == [
            ("1020", Decimal("-12.00")), ("6940", Decimal("12.00")),
        ]  # fmt: skip
        assert movement.entry.text == "Bankspesen"
        assert movement.matched["reasons"][0] == ["rule", {"name": "Gebühren"}]
        sound(company)

    def test_one_that_only_proposes_books_nothing(self, company, charged):
        charged()
        rule(company, text_contains="gebühr")
        assert by_itself(company).booked == 0

    def test_certain_open_items_come_before_any_rule(self, company, owed, paid):
        item = owed(reference=QRR)
        paid(reference=QRR)
        rule(company, books=True, account="3200", party_contains="huber")
        outcome = by_itself(company)
        assert (outcome.certain, outcome.by_rule) == (1, 0)
        assert left(item) == ["0.00"]

    def test_where_the_switch_is_off_neither_books_what_is_certain(
        self, company, owed, paid, bank, anna
    ):
        item = owed(reference=QRR)
        paid(reference=QRR)
        rule(company, books=True, account="3200", party_contains="huber")
        bank.books_certain = False
        bank.save()
        assert by_itself(company).booked == 0
        asked = book_by_itself(company, list(waiting(company)), by=anna, asked=True)
        assert (asked.certain, left(item)) == (1, ["0.00"])

    def test_a_likely_item_is_asked_about_first(self, company, owed, paid):
        owed(), paid(text="RE-2026-00001")
        rule(company, books=True, account="3200", party_contains="huber")
        assert by_itself(company).booked == 0

    def test_two_that_fit_equally_and_differ_only_propose(self, company, charged):
        charged()
        rule(company, "a", books=True, text_contains="gebühr")
        other = rule(company, "b", account="6570", books=True, text_contains="konto")
        assert by_itself(company).booked == 0
        other.account = make.account(company, "6940")
        keeping.save_rule(other, by=make.owner_of(company))
        assert by_itself(company).by_rule == 1

    def test_what_was_undone_or_goes_back_is_left_alone(self, company, charged, paid):
        rule(company, books=True, amount_from=Decimal("1.00"))
        movement = charged()
        BankTransaction.of(company).filter(pk=movement.pk).update(by_hand=True)
        charged("13.00", more="<RvslInd>true</RvslInd>")
        assert by_itself(company).booked == 0

    def test_what_is_refused_waits_and_stops_nothing(self, company, charged):
        charged(day="2025-12-31")
        charged("13.00")
        rule(company, books=True, text_contains="gebühr")
        outcome = by_itself(company)
        assert (outcome.by_rule, len(outcome.refusals)) == (1, 1)


class TestKeeping:
    def test_each_act_leaves_a_trace(self, company, anna):
        first, second = rule(company, "a"), rule(company, "b", text_contains="zins")
        first.books = True
        keeping.save_rule(first, by=anna)
        keeping.move(second, by=-1, doer=anna)
        assert [one.name for one in keeping.rules_of(company)] == ["b", "a"]
        keeping.remove_rule(first, by=anna)
        told = AuditEvent.of(company).filter(action__startswith="bank_rule").order_by("pk")
        assert [one.action for one in told] == [
            "bank_rule.add", "bank_rule.add", "bank_rule.change", "bank_rule.reorder",
            "bank_rule.remove",
        ]  # fmt: skip
        assert told[2].details == {"books": [False, True]}
        assert told[3].details == {"order": [["a", "b"], ["b", "a"]]}

    @pytest.mark.parametrize(
        ("refusal", "told"),
        [
            (keeping.RuleNameMissing, {"name": " "}),
            (keeping.NoCondition, {"text_contains": "", "direction": "in"}),
            (keeping.AmountsTheWrongWay, {"amount_from": Decimal(2), "amount_to": Decimal(1)}),
            (keeping.AmountsTheWrongWay, {"amount_to": Decimal(-1)}),
            (keeping.ControlledAccount, {"account": "1100"}),
        ],
    )
    def test_what_makes_no_sense_is_refused_with_a_remedy(self, company, refusal, told):
        with translation.override("en"), pytest.raises(refusal) as caught:
            rule(company, **{"text_contains": "x"} | told)
        assert str(caught.value)
        assert not BankRule.of(company).exists()

    def test_an_order_names_all_of_them(self, company, anna):
        one = rule(company)
        with pytest.raises(keeping.NotTheseRules):
            keeping.reorder(company, order=[one.pk, one.pk + 1], by=anna)

    def test_a_dry_run_says_what_it_would_take_and_why_not(
        self, company, charged, owed, paid, django_assert_max_num_queries
    ):
        charged(), charged("7.00", text="Zins")
        new = BankRule(company=company, name="Neu", account=make.account(company, "6940"),
                       text_contains="gebühr")  # fmt: skip
        with django_assert_max_num_queries(8):
            tried, count = dry_run(company, new)
        assert count == 1
        assert [one.why for one in tried[0].but] == ["rule_asks"]
        rule(company, "andere", account="6570", text_contains="konto")
        ((only,), _count) = dry_run(company, new)
        assert [one.why for one in only.but] == ["rule_rival", "rule_asks"]
        assert not BankRule.of(company).filter(name="Neu").exists()
