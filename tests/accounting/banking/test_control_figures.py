"""Control figures: what the bank counted itself must be there, however banks count."""

from __future__ import annotations

from decimal import Decimal

import pytest

from accounting.banking import importing
from accounting.banking.camt import reading
from accounting.banking.camt.elements import UnreadableValue
from accounting.banking.camt.totals import FalseBatch, FalseTotal
from accounting.banking.models import BankTransaction
from tests.accounting.banking.files import (
    batch,
    camt,
    camt053,
    camt054,
    entry,
    statement,
    summary,
    tx,
)

#: Credits of 140.50, debits of 30.00: 170.50 together, 110.50 on balance.
ENTRIES = (entry("100.00", ref="A"), entry("40.50", ref="B"), entry("30.00", side="DBIT", ref="C"))
PENDING = entry("7.00", ref="P", status="PDNG")
NOTHING = (entry("0.00", ref="N"), entry("0.00", side="DBIT", ref="O"))
WRONG = summary(TtlNtries=(4, "170.51"))
ONE_CENTIME = Decimal("0.01")


def told(*entries, **figures):
    """A file of the entries with these control figures."""
    return camt053(*(entries or ENTRIES), more=summary(**figures))


def read(content):
    """The statements of a file that is read without refusal."""
    return reading.read(content).statements


class TestStatements:
    @pytest.mark.parametrize(
        "figures",
        [
            {"TtlNtries": (3, "170.50")},
            {"TtlNtries": (3, "110.50")},
            {"TtlNtries": (3, None)},
            {"TtlNtries": (None, "170.50")},
            {"TtlNtries": (None, None)},
            {"TtlCdtNtries": (2, "140.50")},
            {"TtlDbtNtries": (1, "30.00")},
            {"TtlDbtNtries": (1, "-30.00")},
            {"TtlNtries": (3, "170.50"), "TtlCdtNtries": (2, "140.50"), "TtlDbtNtries": (1, "30")},
            {},
        ],
    )
    def test_figures_that_agree_are_taken_summed_up_or_on_balance(self, take_in, figures):
        (taken,) = take_in(told(**figures))
        assert taken.new == 3

    @pytest.mark.parametrize(
        ("count", "total"),
        [("3", "170.5"), ("003", "170.50000"), (" 3\n", "\t170.50 "), ("3", "+170.50"),
         ("3", "-110.50"), ("3", "0000170.50"), ("3", "170.50000000000000000"), ("", ""),
         (" ", "\n")],
    )  # fmt: skip
    def test_how_a_figure_is_written_does_not_matter(self, count, total):
        assert read(told(TtlNtries=(count, total)))

    @pytest.mark.parametrize("total", ["50.00", "20.00", "-20.00"])
    def test_a_balance_of_debits_may_have_a_sign_or_not(self, total):
        entries = entry("15.00"), entry("35.00", side="DBIT")
        assert read(told(*entries, TtlNtries=(2, total)))

    @pytest.mark.parametrize(
        ("name", "count", "total"),
        [("TtlNtries", 3, "170.50"), ("TtlCdtNtries", 2, "140.50"), ("TtlDbtNtries", 1, "30.00")],
    )
    @pytest.mark.parametrize("off", [-1, 1])
    def test_one_entry_or_one_centime_off_is_refused(self, refused, name, count, total, off):
        total = Decimal(total)
        wrong = total + off * ONE_CENTIME
        refused(told(**{name: (count + off, total)}), FalseTotal, statement="S-1",
                element=f"{name}/NbOfNtries", told=count + off, found=count)  # fmt: skip
        refused(told(**{name: (count, wrong)}), FalseTotal, statement="S-1",
                element=f"{name}/Sum", told=wrong, found=total)  # fmt: skip

    @pytest.mark.parametrize("total", ["110.49", "110.51", "-110.51", "0.00", "140.50", "30.00",
                                       "170.501", "170.50000000000000001", "17050"])  # fmt: skip
    def test_what_is_no_sum_and_no_balance_is_refused(self, refused, total):
        refused(told(TtlNtries=(3, total)), FalseTotal, found=Decimal("170.50"))

    def test_one_wrong_figure_beside_right_ones_is_refused(self, refused):
        figures = {"TtlNtries": (3, "170.50"), "TtlCdtNtries": (2, "140.50")}
        refused(told(**figures, TtlDbtNtries=(2, "30.00")), FalseTotal, "TtlDbtNtries/NbOfNtries")
        refused(told(**figures, TtlDbtNtries=(1, "30.05")), FalseTotal, "TtlDbtNtries/Sum")

    def test_the_message_names_statement_figure_and_what_is_there(self, refused):
        message = refused(told(TtlNtries=(3, "1170.50")), FalseTotal)
        assert message == ("Statement S-1: by its TtlNtries/Sum there should be 1’170.50, but the "
                           "file has 170.50. Download it again, complete.")  # fmt: skip
        message = refused(told(TtlCdtNtries=(3, None)), FalseTotal)
        assert message == ("Statement S-1: by its TtlCdtNtries/NbOfNtries there should be 3, but "
                           "the file has 2. Download it again, complete.")  # fmt: skip

    @pytest.mark.parametrize("lost", [0, 1, 2])
    def test_an_advice_that_lost_an_entry_is_refused(self, take_in, refused, lost):
        """It has no balances: nothing else would tell."""
        figures = summary(TtlNtries=(3, "170.50"))
        left = [one for nth, one in enumerate(ENTRIES) if nth != lost]
        refused(camt054(*left, more=figures), FalseTotal, told=3, found=2)
        (taken,) = take_in(camt054(*ENTRIES, more=figures))
        assert taken.new == 3

    def test_a_statement_with_an_entry_twice_is_refused(self, refused):
        doubled = (*ENTRIES, ENTRIES[0])
        refused(told(*doubled, TtlNtries=(3, None)), FalseTotal, told=3, found=4)

    def test_a_statement_without_entries_may_count_none(self, take_in, refused):
        none = summary(TtlNtries=(0, "0.00"), TtlCdtNtries=(0, 0), TtlDbtNtries=(0, "0"))
        assert take_in(camt053(more=none))
        one = summary(TtlNtries=(1, "0.00"))
        refused(camt053(ident="S-2", more=one), FalseTotal, statement="S-2", told=1, found=0)

    def test_each_statement_has_its_own_figures(self, company, take_in, refused):
        first = statement(*ENTRIES, ident="A", more=summary(TtlNtries=(3, "170.50")))
        second = {"ident": "B", "opening": "110.50"}
        wrong = statement(entry(ref="D"), **second, more=summary(TtlNtries=(4, "270.50")))
        right = statement(entry(ref="D"), **second, more=summary(TtlNtries=(1, "100.00")))
        refused(camt(first, wrong), FalseTotal, statement="B", told=4, found=1)
        assert [t.new for t in take_in(camt(first, right))] == [3, 1]
        assert BankTransaction.of(company).count() == 4


class TestPendingEntries:
    """Some banks count them, some do not: 3 entries are booked, 1 is pending."""

    @pytest.mark.parametrize("status", ["PDNG", "INFO"])
    @pytest.mark.parametrize(
        "figures",
        [{"TtlNtries": (3, "170.50")}, {"TtlNtries": (3, "110.50")}, {"TtlNtries": (4, "177.50")},
         {"TtlNtries": (4, "117.50")}, {"TtlCdtNtries": (2, "140.50")},
         {"TtlCdtNtries": (3, "147.50")}, {"TtlDbtNtries": (1, "30.00")}],
    )  # fmt: skip
    def test_they_may_be_counted_or_not(self, status, figures):
        pending = PENDING.replace("PDNG", status)
        (one,) = read(told(*ENTRIES, pending, **figures))
        assert one.booked == Decimal("110.50")

    @pytest.mark.parametrize(
        ("name", "count", "total", "found"),
        [("TtlNtries", 2, "177.50", 4), ("TtlNtries", 5, "177.50", 4),
         ("TtlNtries", 4, "170.49", "177.50"), ("TtlNtries", 3, "177.51", "177.50"),
         ("TtlNtries", 4, "117.49", "177.50"), ("TtlCdtNtries", 1, "140.50", 3),
         ("TtlCdtNtries", 4, "140.50", 3), ("TtlCdtNtries", 2, "140.51", "147.50"),
         ("TtlDbtNtries", 2, "30.00", 1), ("TtlDbtNtries", 1, "37.00", "30.00")],
    )  # fmt: skip
    def test_what_agrees_neither_way_is_refused(self, refused, name, count, total, found):
        content = told(*ENTRIES, PENDING, **{name: (count, total)})
        refused(content, FalseTotal, found=found if isinstance(found, int) else Decimal(found))


class TestEntriesOfNothing:
    """Of 5 entries one is a credit and one a debit of nothing; banks count them on any side."""

    @pytest.mark.parametrize(
        ("name", "counts", "total"),
        [("TtlNtries", [5], "170.50"), ("TtlCdtNtries", [2, 3, 4], "140.50"),
         ("TtlDbtNtries", [1, 2, 3], "30.00")],
    )  # fmt: skip
    def test_they_may_be_on_either_side_and_are_never_lost(self, name, counts, total):
        taken = []
        for count in range(7):
            try:
                read(told(*ENTRIES, *NOTHING, **{name: (count, total)}))
            except FalseTotal:
                continue
            taken.append(count)
        assert taken == counts

    def test_the_refusal_names_all_that_could_be_meant(self, refused):
        content = told(*ENTRIES, *NOTHING, TtlCdtNtries=(5, "140.50"))
        refused(content, FalseTotal, told=5, found=4)


class TestPages:
    """A message of several pages counts what stands on all of them."""

    SEVERAL = [("1", "false"), ("1", "0"), ("2", "true"), ("2", "1"), ("02", "false"), ("3", "")]
    ONE = [("1", "true"), ("1", "1"), ("00001", "true"), ("1", ""), ("", "true"), ("", "")]

    @staticmethod
    def page(number, last, name="MsgPgntn"):
        return f"<{name}><PgNb>{number}</PgNb><LastPgInd>{last}</LastPgInd></{name}>"

    def in_header(self, number, last, *entries):
        content = camt053(*(entries or ENTRIES), more=WRONG)
        return content.replace(b"</GrpHdr>", self.page(number, last).encode() + b"</GrpHdr>")

    @pytest.mark.parametrize(("number", "last"), SEVERAL)
    def test_one_of_several_messages_is_not_checked(self, number, last):
        assert read(self.in_header(number, last))

    @pytest.mark.parametrize(("number", "last"), ONE)
    def test_the_only_message_is_checked(self, number, last):
        with pytest.raises(FalseTotal):
            read(self.in_header(number, last))

    @pytest.mark.parametrize(
        ("kind", "name"), [("053", "StmtPgntn"), ("054", "NtfctnPgntn"), ("052", "RptPgntn")]
    )
    def test_version_8_may_tell_the_page_in_the_statement(self, kind, name):
        def told_on(number, last):
            page = self.page(number, last, name)
            return camt(statement(*ENTRIES, kind=kind, more=page + WRONG), kind=kind)

        for number, last in self.SEVERAL:
            assert read(told_on(number, last))
        for number, last in self.ONE:
            with pytest.raises(FalseTotal):
                read(told_on(number, last))

    def test_a_statement_of_pages_does_not_excuse_the_one_beside_it(self):
        paged = statement(*ENTRIES, ident="A", more=self.page("2", "true", "StmtPgntn") + WRONG)
        whole = statement(*ENTRIES, ident="B", more=WRONG)
        for both in ((paged, whole), (whole, paged)):
            with pytest.raises(FalseTotal) as caught:
                read(camt(*both))
            assert caught.value.values["statement"] == "B"

    def test_a_header_hidden_in_an_entry_does_not_end_the_pages(self):
        order = entry("1.00", more="<Envlp><GrpHdr><MsgId>ORDER</MsgId></GrpHdr></Envlp>")
        assert read(self.in_header("2", "true", *ENTRIES, order))

    def test_a_page_is_taken_in_like_any_other_statement(self, take_in):
        assert [t.new for t in take_in(self.in_header("2", "true"))] == [3]


class TestSeveralCurrencies:
    """Amounts of different currencies have no sum; they are counted all the same."""

    ENTRIES = (entry("100.00"), entry("50.00", currency="EUR"))

    def test_sums_are_not_checked(self):
        assert read(told(*self.ENTRIES, TtlNtries=(2, "148.70"), TtlCdtNtries=(2, "1.00")))

    @pytest.mark.parametrize("count", [1, 3])
    def test_counts_are_checked(self, count):
        with pytest.raises(FalseTotal) as caught:
            read(told(*self.ENTRIES, TtlNtries=(count, "150.00")))
        assert caught.value.values["element"] == "TtlNtries/NbOfNtries"

    def test_one_foreign_currency_has_a_sum(self):
        euros = [entry("100.00", currency="EUR"), entry("50.00", currency="EUR")]
        assert read(told(*euros, TtlNtries=(2, "150.00")))
        with pytest.raises(FalseTotal):
            read(told(*euros, TtlNtries=(2, "148.70")))

    def test_such_a_statement_is_still_no_statement_of_the_account(self, refused):
        refused(told(*self.ENTRIES, TtlNtries=(2, "148.70")), importing.WrongCurrency)


class TestUnreadableFigures:
    @pytest.mark.parametrize(
        "written",
        ["x", "-1", "+3", "3.0", "3e0", "0x3", "٣", "３", "3 0", "1'000", "1_000", "NaN", "½",
         "9" * 16, "9" * 400, "null"],
    )  # fmt: skip
    @pytest.mark.parametrize("name", ["TtlNtries", "TtlDbtNtries"])
    def test_a_count_that_is_none_refuses_the_file(self, refused, name, written):
        content = told(**{name: (written, None)})
        refused(content, UnreadableValue, "refused as a whole",
                element="NbOfNtries", value=written[:40])  # fmt: skip

    @pytest.mark.parametrize(
        "written",
        ["x", "1e5", "1E2", "1'000.00", "1’000.00", "170,50", "1,170.50", "NaN", "Infinity", "-",
         "--5", "+-5", ".5", "5.", "1.2.3", "١٧٠", "0x10", "1_000", "170.50 CHF", "9" * 19,
         "0." + "1" * 18, "9" * 400],
    )  # fmt: skip
    @pytest.mark.parametrize("name", ["TtlNtries", "TtlCdtNtries"])
    def test_a_sum_that_is_none_refuses_the_file(self, refused, name, written):
        content = told(**{name: (None, written)})
        message = refused(content, UnreadableValue, element="Sum", value=written[:40])
        assert len(message) < 300

    @pytest.mark.parametrize("hidden", ["<!-- 1 -->", "<?x 1?>", "<b>1</b>", "<b/>"])
    def test_nothing_may_hide_inside_a_figure(self, refused, hidden):
        refused(told(TtlNtries=(f"3{hidden}", None)), UnreadableValue, element="NbOfNtries")
        refused(told(TtlNtries=(None, f"170{hidden}.50")), UnreadableValue, element="Sum")
        page = f"<StmtPgntn><PgNb>2{hidden}</PgNb><LastPgInd>true</LastPgInd></StmtPgntn>"
        refused(camt053(*ENTRIES, more=page + WRONG), UnreadableValue, element="PgNb")

    @pytest.mark.parametrize("written", ["9" * 18, "999999999999999999.99999999999999999"])
    def test_the_largest_figures_are_readable_and_false(self, refused, written):
        refused(told(TtlNtries=("9" * 15, None)), FalseTotal, told=int("9" * 15), found=3)
        refused(told(TtlNtries=(None, written)), FalseTotal, element="TtlNtries/Sum")


PAYMENTS = (tx("60.00", party="Anna Muster"), tx("40.00", party="Bruno Beispiel"))


def collective(*parts, side="CRDT", more=""):
    """A file with one collective entry of 100.00: control figures, payments."""
    return camt053(entry("100.00", *parts, side=side, ref="SAMMEL", more=more))


class TestBatches:
    @pytest.mark.parametrize("side", ["CRDT", "DBIT"])
    @pytest.mark.parametrize(
        ("count", "total"),
        [(2, "100.00"), (2, None), (None, "100.00"), (None, None), ("02", "100"),
         (" 2 ", " 100.00000\n"), ("", "100.0")],
    )  # fmt: skip
    def test_payments_that_are_as_many_and_as_much_are_taken(self, take_in, side, count, total):
        (taken,) = take_in(collective(batch(count, total), *PAYMENTS, side=side))
        assert taken.new == 1

    @pytest.mark.parametrize("side", ["CRDT", "DBIT"])
    @pytest.mark.parametrize("count", [0, 1, 3, 20])
    def test_payments_that_are_not_as_many_are_refused(self, refused, side, count):
        content = collective(batch(count, "100.00"), *PAYMENTS, side=side)
        refused(content, FalseBatch, statement="S-1", entry=1, element="Btch/NbOfTxs",
                told=count, found=2)  # fmt: skip

    @pytest.mark.parametrize("side", ["CRDT", "DBIT"])
    @pytest.mark.parametrize("total", ["99.99", "100.01", "0.00", "20.00", "100.001", "10000"])
    def test_payments_that_are_not_as_much_are_refused(self, refused, side, total):
        content = collective(batch(2, total), *PAYMENTS, side=side)
        refused(content, FalseBatch, statement="S-1", entry=1, element="Btch/TtlAmt",
                told=Decimal(total), found=Decimal("100.00"))  # fmt: skip

    @pytest.mark.parametrize("lost", [0, 1])
    def test_a_payment_that_is_lost_refuses_the_file(self, refused, lost):
        refused(collective(batch(2, "100.00"), PAYMENTS[lost]), FalseBatch, told=2, found=1)

    def test_a_payment_that_is_lost_shows_in_the_total_alone(self, refused):
        content = collective(batch(None, "100.00"), PAYMENTS[0])
        refused(content, FalseBatch, element="Btch/TtlAmt", found=Decimal("60.00"))

    def test_the_message_names_statement_entry_figure_and_what_is_there(self, refused):
        message = refused(collective(batch(2, "1100.00"), *PAYMENTS), FalseBatch)
        assert message == ("Statement S-1, entry 1: by its Btch/TtlAmt there should be 1’100.00, "
                           "but the payments come to 100.00. Download it again, complete.")  # fmt: skip
        message = refused(collective(batch(3), *PAYMENTS), FalseBatch)
        assert message == ("Statement S-1, entry 1: by its Btch/NbOfTxs there should be 3, but "
                           "the payments come to 2. Download it again, complete.")  # fmt: skip

    def test_entries_are_counted_in_their_own_statement(self, refused):
        bad = entry("100.00", batch(3), *PAYMENTS)
        content = camt(statement(*ENTRIES, ident="A"), statement(entry(), bad, ident="B"))
        refused(content, FalseBatch, statement="B", entry=2)

    @pytest.mark.parametrize(("count", "total"), [(20, "100.00"), (20, "99.99"), (0, None)])
    def test_payments_that_are_told_elsewhere_are_not_missed(self, take_in, count, total):
        """The statement has the total, a camt.054 the payments."""
        assert take_in(collective(batch(count, total)))

    @pytest.mark.parametrize("payment", [tx("100.00"), tx(), tx(party="Löhne")])
    @pytest.mark.parametrize("total", ["100.00", None])
    def test_one_payment_may_stand_for_all(self, take_in, payment, total):
        assert take_in(collective(batch(20, total), payment))

    @pytest.mark.parametrize("amount", ["99.99", "100.01", "5.00"])
    def test_one_payment_of_another_amount_stands_for_itself(self, refused, amount):
        content = collective(batch(20, "100.00"), tx(amount))
        refused(content, FalseBatch, element="Btch/NbOfTxs", told=20, found=1)

    def test_one_payment_may_stand_for_all_of_its_group(self, take_in):
        first, second = batch(20, "60.00"), batch(30, "40.00")
        parts = first, PAYMENTS[0], "</NtryDtls><NtryDtls>", second, PAYMENTS[1]
        assert take_in(collective(*parts))

    def test_one_payment_for_all_is_as_much_as_the_total_says(self, refused):
        content = collective(batch(20, "120.00"), tx("100.00"))
        refused(content, FalseBatch, element="Btch/TtlAmt", found=Decimal("100.00"))

    def test_each_group_of_payments_has_its_own_figures(self, take_in, refused):
        def groups(first, second):
            return collective(first, PAYMENTS[0], "</NtryDtls><NtryDtls>", second, PAYMENTS[1])

        refused(groups(batch(1, "60.00"), batch(2, "100.00")), FalseBatch, told=2, found=1)
        refused(groups(batch(1, "60.00"), batch(1, "100.00")), FalseBatch, found=Decimal("40.00"))
        assert take_in(groups(batch(1, "60.00"), batch(1, "40.00")))

    @pytest.mark.parametrize("written", ["x", "-2", "2.0", "2e0", "٢", "9" * 16, "2<b/>"])
    def test_a_count_that_is_none_refuses_the_file(self, refused, written):
        content = camt053(entry("1.00"), entry("100.00", batch(written), *PAYMENTS))
        refused(content, UnreadableValue, "Entry 2", element="NbOfTxs", entry=2)

    @pytest.mark.parametrize("written", ["x", "1e2", "-100.00", "+100.00", "100,00", "", "1<b/>"])
    def test_a_total_that_is_none_refuses_the_file(self, refused, written):
        content = camt053(entry("1.00"), entry("100.00", batch(2, written), *PAYMENTS))
        refused(content, UnreadableValue, "Entry 2", element="TtlAmt", entry=2)


class TestBatchesThatComeToSomethingElse:
    """In another currency not compared; after charges or without amounts still counted."""

    EUROS = (tx("63.00", currency="EUR"), tx("42.00", currency="EUR"))

    @pytest.mark.parametrize(
        "parts",
        [(batch(2, "105.00", currency="EUR"), *EUROS), (batch(2, "100.00"), *EUROS), (batch(2), *EUROS),
         (batch(2, "105.00", currency="EUR"), *PAYMENTS), (batch(2, "102.00"), PAYMENTS[0], EUROS[1]),
         (batch(20, "105.00", currency="EUR"), tx("105.00", currency="EUR")),
         (batch(20), tx("105.00", currency="EUR")), (batch(3, "105.00", currency="EUR"), *EUROS)],
    )  # fmt: skip
    def test_another_currency_is_not_compared(self, take_in, parts):
        """Not even counted: an official sample tells 2 payments there, and has 3."""
        assert take_in(collective(*parts))

    def test_a_total_without_currency_is_in_that_of_the_entry(self, take_in, refused):
        bare = batch(2, "100.00").replace(' Ccy="CHF"', "")
        assert take_in(collective(bare, *PAYMENTS))
        refused(collective(bare.replace("100", "101"), *PAYMENTS), FalseBatch, "Btch/TtlAmt")

    CHARGES = '<Chrgs><TtlChrgsAndTaxAmt Ccy="CHF">1.50</TtlChrgsAndTaxAmt></Chrgs>'

    def test_charges_of_the_entry_are_not_compared_but_payments_counted(self, take_in, refused):
        assert take_in(collective(batch(2, "101.50"), *PAYMENTS, more=self.CHARGES))
        refused(collective(batch(3, "101.50"), *PAYMENTS, more=self.CHARGES), FalseBatch, told=3)

    def test_one_payment_may_stand_for_all_before_charges(self, take_in, refused):
        assert take_in(collective(batch(20, "101.50"), tx("101.50"), more=self.CHARGES))
        refused(collective(batch(20), tx("101.50"), more=self.CHARGES), FalseBatch, told=20)

    @pytest.mark.parametrize("nth", [0, 1])
    def test_charges_of_a_payment_are_not_compared_but_payments_counted(
        self, take_in, refused, nth
    ):
        payments = list(PAYMENTS)
        payments[nth] = payments[nth].replace("<RltdPties>", self.CHARGES + "<RltdPties>")
        assert take_in(collective(batch(2, "101.50"), *payments))
        refused(collective(batch(3, "101.50"), *payments), FalseBatch, told=3, found=2)

    def test_charges_of_another_entry_excuse_nothing(self, refused):
        charged = entry("100.00", batch(2, "101.50"), *PAYMENTS, more=self.CHARGES)
        content = camt053(charged, entry("100.00", batch(2, "101.50"), *PAYMENTS))
        refused(content, FalseBatch, entry=2, element="Btch/TtlAmt")

    @pytest.mark.parametrize("payments", [(tx(), tx()), (tx("60.00"), tx()), (tx(), tx("40.00"))])
    def test_payments_without_amounts_have_no_total_but_a_count(self, take_in, refused, payments):
        refused(collective(batch(3, "100.00"), *payments), FalseBatch, told=3, found=2)
        assert take_in(collective(batch(2, "100.00"), *payments))

    def test_what_was_booked_is_an_amount_wherever_it_is_told(self, take_in, refused):
        booked = '<AmtDtls><TxAmt><Amt Ccy="CHF">40.00</Amt></TxAmt></AmtDtls><RltdPties>'
        second = tx().replace("<RltdPties>", booked)
        assert take_in(collective(batch(2, "100.00"), PAYMENTS[0], second))
        content = collective(batch(2, "100.01"), PAYMENTS[0], second)
        refused(content, FalseBatch, "Btch/TtlAmt", found=Decimal("100.00"))

    def test_a_payment_back_takes_off_the_total(self, take_in, refused):
        """Within a collective credit one payment is a debit: 60.00 + 70.00 - 30.00."""
        back = tx("30.00", role="Cdtr").replace(
            "<RltdPties>", "<CdtDbtInd>DBIT</CdtDbtInd><RltdPties>"
        )
        payments = PAYMENTS[0], tx("70.00"), back
        assert take_in(collective(batch(3, "100.00"), *payments))
        refused(collective(batch(3, "130.00"), *payments), FalseBatch, found=Decimal("100.00"))
