"""Files that lie, attack or are broken: refused with a reason, nothing written, and we live."""

from __future__ import annotations

import struct
import time
import tracemalloc
import zipfile
import zlib
from decimal import Decimal

import pytest

from accounting.banking import importing
from accounting.banking.camt import reading
from accounting.banking.camt.elements import UnreadableValue
from accounting.banking.models import BankTransaction
from erp.core import sandbox
from tests.accounting.banking import files
from tests.accounting.banking.conftest import rows
from tests.accounting.banking.files import OTHER_IBAN, camt053, entry, statement, tx, zipped

MEGABYTE = 1 << 20
GOOD = camt053(entry("100.00", tx("100.00", party="Kundin"), ref="REF-1"), opening="50.00")


def with_doctype(subset, *, text="Kundin"):
    content = camt053(entry(text="TEXT")).decode().replace("TEXT", text)
    return content.replace("?>", f"?><!DOCTYPE Document {subset}>", 1).encode()


def laughs(levels=9):
    entities = ['<!ENTITY lol "lol">']
    for n in range(1, levels + 1):
        entities.append(f'<!ENTITY lol{n} "{f"&lol{n - 1 or str()};" * 10}">')
    return f"[{''.join(entities)}]"


def test_the_good_file_the_bad_ones_are_made_of_is_taken(company, take_in):
    """Else every refusal below could have another reason."""
    before = rows(company)
    (taken,) = take_in(GOOD)
    assert taken.new == 1
    statements, transactions, events = before
    assert rows(company) == [statements + 1, transactions + 1, events + 2]  # the file is kept, too


class TestDocumentTypes:
    def test_a_document_type_is_refused(self, refused):
        refused(with_doctype(""), reading.ForbiddenDoctype, "document type")

    def test_an_internal_entity_is_refused(self, refused):
        content = with_doctype('[<!ENTITY name "Kundin">]', text="&name;")
        refused(content, reading.ForbiddenDoctype)

    def test_a_billion_laughs_are_refused_at_once(self, refused):
        started = time.monotonic()
        refused(with_doctype(laughs(), text="&lol9;"), reading.ForbiddenDoctype)
        assert time.monotonic() - started < 10

    @pytest.mark.parametrize(
        ("whole", "broken", "kind"),
        [('Ccy="CHF"', 'Ccy="&lol9;"', reading.ForbiddenDoctype),
         ("<Document ", '<Document a="&lol9;" ', reading.NotXml)],
    )  # fmt: skip
    def test_a_billion_laughs_in_an_attribute_are_refused(self, refused, whole, broken, kind):
        content = with_doctype(laughs()).decode()
        assert whole in content
        refused(content.replace(whole, broken, 1).encode(), kind)

    def test_a_quadratic_blow_up_is_refused(self, refused):
        content = with_doctype(f'[<!ENTITY a "{"a" * 100_000}">]', text="&a;" * 100_000)
        refused(content, reading.ForbiddenDoctype)

    @pytest.mark.parametrize("address", ["file://{}", "http://127.0.0.1:9/secret"])
    def test_an_external_entity_is_refused_and_not_read(self, refused, tmp_path, address):
        secret = tmp_path / "secret.txt"
        secret.write_text("Staatsgeheimnis")
        content = with_doctype(
            f'[<!ENTITY secret SYSTEM "{address.format(secret)}">]', text="&secret;"
        )
        message = refused(content, reading.ForbiddenDoctype)
        assert "Staatsgeheimnis" not in message

    def test_an_external_subset_is_refused(self, refused, tmp_path):
        subset = tmp_path / "evil.dtd"
        subset.write_text('<!ENTITY name "Kundin">')
        refused(with_doctype(f'SYSTEM "file://{subset}"'), reading.ForbiddenDoctype)

    def test_a_parameter_entity_is_refused(self, refused):
        content = with_doctype('[<!ENTITY % p "x"> <!ENTITY q "%p;">]')
        refused(content, reading.NotXml)

    def test_an_inclusion_is_not_followed(self, company, take_in, tmp_path):
        """XInclude is only text in a place that nobody reads."""
        secret = tmp_path / "secret.txt"
        secret.write_text("Staatsgeheimnis")
        include = (
            f'<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="{secret}" parse="text"/>'
        )
        take_in(camt053(entry(more=include)))
        (row,) = BankTransaction.of(company)
        assert "Staatsgeheimnis" not in row.text + row.party + str(row.details)


class TestSizes:
    def test_200_megabytes_are_refused(self, refused):
        started = time.monotonic()
        content = GOOD.replace(b"<Document", b" " * (200 * MEGABYTE) + b"<Document")
        refused(content, reading.TooLarge, "50 MB")
        assert time.monotonic() - started < 10

    def test_200_megabytes_called_zip_are_refused(self, refused):
        refused(b"PK\x03\x04" + bytes(200 * MEGABYTE), reading.TooLarge, "50 MB")

    def test_more_entries_than_a_message_may_have_are_refused(self, refused):
        one = '<Ntry><Amt Ccy="CHF">1</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry>'
        content = camt053(one * (reading.MOST_ENTRIES + 1), closing="1.00")
        refused(content, reading.TooManyEntries, "100000")

    def test_a_million_attributes_do_not_stop_the_reader(self, refused):
        attributes = " ".join(f'a{n}="1"' for n in range(1_000_000))
        content = GOOD.replace(b"<GrpHdr>", f"<GrpHdr {attributes}>".encode())
        message = refused(content, reading.NotXml)
        assert len(message) < 300

    def test_a_child_that_is_killed_is_told_as_too_costly(self, monkeypatch, refused):
        """Whatever kills the reader, this process goes on and says so."""
        monkeypatch.setattr(sandbox, "WALL_SECONDS", 0.01)
        refused(GOOD, sandbox.TooCostly, "time or memory")


class TestLevels:
    """Elements within each other: the limit is told by us, not by the parser's own of 256."""

    #: Elements of the good file with the level they are on, within its entry and outside of one.
    PLACES = [("Ntry", 4), ("TxDtls", 6), ("RltdPties", 7), ("Document", 1), ("BkToCstmrStmt", 2),
              ("GrpHdr", 3), ("Stmt", 3), ("Acct", 4)]  # fmt: skip

    @pytest.mark.parametrize(("place", "level"), PLACES)
    def test_64_levels_are_taken(self, take_in, place, level):
        (taken,) = take_in(nested(GOOD, place, reading.DEEPEST - level))
        assert taken.new == 1

    @pytest.mark.parametrize(("place", "level"), PLACES)
    def test_65_levels_are_refused(self, refused, place, level):
        content = nested(GOOD, place, reading.DEEPEST - level + 1)
        refused(content, reading.TooDeep, "64 levels", limit=64)

    def test_the_limit_is_64(self):
        assert reading.DEEPEST == 64

    def test_many_elements_beside_each_other_are_not_deep(self, take_in):
        beside = b"<Envlp><a/></Envlp>" * 1000
        (taken,) = take_in(GOOD.replace(b"</Ntry>", beside + b"</Ntry>"))
        assert taken.new == 1

    @pytest.mark.parametrize("nth", [1, 2, 3])
    def test_any_entry_may_be_the_deep_one(self, refused, nth):
        entries = [entry(more="<Envlp/>" if n != nth else tower(61)) for n in (1, 2, 3)]
        refused(camt053(*entries), reading.TooDeep)

    @pytest.mark.parametrize("nth", [1, 1000])
    def test_any_branch_may_be_the_deep_one(self, refused, nth):
        branches = "".join(tower(61 if n == nth else 20) for n in range(1, 1001))
        refused(camt053(entry(more=branches)), reading.TooDeep)

    @pytest.mark.parametrize("levels", [100, 252, 253, 300_000])
    @pytest.mark.parametrize("place", ["Ntry", "Stmt"])
    def test_any_more_levels_are_refused_the_same(self, refused, place, levels):
        """Whether the parser gives up first or not, which it does at 256."""
        refused(nested(GOOD, place, levels), reading.TooDeep, "64 levels", limit=64)

    @pytest.mark.parametrize("levels", [61, 300, 300_000])
    def test_entries_within_an_entry_are_refused_the_same(self, refused, levels):
        content = camt053(entry(more=tower(levels, "Ntry")), closing="100.00")
        refused(content, reading.TooDeep)

    @pytest.mark.parametrize("name", [b"Document", b"Ntry", b"a"])
    def test_300000_levels_that_never_close_are_refused(self, refused, name):
        refused(b"<%b>" % name * 300_000, reading.TooDeep, "64 levels")

    def test_a_few_levels_that_never_close_are_no_xml(self, refused):
        refused(GOOD.replace(b"</Ntry>", b"<Envlp>" * 100 + b"</Ntry>"), reading.NotXml)


def tower(levels, name="Envlp"):
    return f"<{name}>" * levels + f"</{name}>" * levels


def nested(content, place, levels):
    """The file with so many more levels below an element, behind all that it holds."""
    end = f"</{place}>".encode()
    assert content.count(end) == 1
    return content.replace(end, tower(levels).encode() + end)


class TestElementsInOddPlaces:
    """What counts is where an element stands, not only its name."""

    @pytest.mark.parametrize("place", ["Ntry", "TxDtls", "GrpHdr", "Acct", "BkToCstmrStmt"])
    def test_an_entry_is_one_only_directly_in_a_statement(self, take_in, movements, place):
        odd = entry("1.00", ref="ODD").encode()
        if place == "BkToCstmrStmt":
            odd = b"<Envlp>" + odd + b"</Envlp>"
        end = f"</{place}>".encode()
        (taken,) = take_in(GOOD.replace(end, odd + end))
        assert (taken.new, [str(row.amount) for row in movements()]) == (1, ["100.00"])

    @pytest.mark.parametrize("place", ["Ntry", "TxDtls", "Stmt", "Acct"])
    def test_a_statement_is_one_only_directly_in_a_message(self, take_in, place):
        end = f"</{place}>".encode()
        odd = statement(entry("1.00"), ident="ODD").encode()
        assert [t.statement for t in take_in(GOOD.replace(end, odd + end))] == ["S-1"]

    def test_a_header_is_one_only_directly_in_a_message(self):
        """Else a copy of the payment order would rename the message, and end its paging."""
        order = "<Envlp><GrpHdr><MsgId>ORDER</MsgId></GrpHdr></Envlp>"
        assert reading.read(camt053(entry(more=order))).message_id == "M-1"


class TestArchives:
    def test_a_bomb_is_refused_before_it_goes_off(self, refused):
        bomb = zipped(bytes(200 * MEGABYTE))
        assert len(bomb) < MEGABYTE
        assert peak(refused, bomb, importing.BadArchive) < 80 * MEGABYTE

    @pytest.mark.parametrize(
        "how", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
    )  # fmt: skip
    def test_a_bomb_that_lies_about_its_size_is_refused_before_it_goes_off(self, refused, how):
        bomb = understated(zipped(bytes(200 * MEGABYTE), how=how), size=1000)
        assert peak(refused, bomb, importing.BadArchive) < 80 * MEGABYTE

    def test_members_that_share_one_bomb_are_refused(self, refused):
        """Many small members, together too large."""
        refused(zipped(*[bytes(2 * MEGABYTE)] * 26), importing.BadArchive)

    def test_an_archive_in_an_archive_is_refused(self, refused):
        refused(zipped(zipped(GOOD)), reading.NotXml, "XML")

    def test_too_many_files_are_refused(self, refused):
        refused(zipped(*[GOOD] * (importing.MOST_FILES + 1)), importing.BadArchive, "50")

    def test_a_directory_of_a_million_files_is_refused_unread(self, refused):
        whole = zipped(b"")
        start, end = whole.index(b"PK\x01\x02"), whole.index(b"PK\x05\x06")
        one = whole[start:end]
        many = (reading.LARGEST - MEGABYTE) // len(one)
        sizes = struct.pack("<HHLLH", 65535, 65535, many * len(one), start, 0)
        bomb = whole[:start] + one * many + whole[end : end + 8] + sizes
        assert peak(refused, bomb, importing.BadArchive) < 10 * MEGABYTE

    def test_an_archive_without_a_file_is_refused(self, refused):
        box = files.io.BytesIO()
        with zipfile.ZipFile(box, "w") as archive:
            archive.writestr("folder/", b"")
        refused(box.getvalue(), importing.BadArchive)

    def test_an_empty_archive_is_refused(self, refused):
        refused(zipped(), reading.NotXml)

    def test_a_truncated_archive_is_refused(self, refused):
        refused(zipped(GOOD)[:-30], importing.BadArchive, "ZIP")

    @pytest.mark.parametrize("place", [0.3, 0.5, 0.7])
    def test_damaged_data_is_refused(self, refused, place):
        whole = bytearray(zipped(GOOD))
        at = int(len(whole) * place * 0.6) + 35
        whole[at : at + 8] = b"\xff" * 8
        refused(bytes(whole), importing.BadArchive, "ZIP")

    def test_an_encrypted_archive_is_refused(self, refused):
        whole = bytearray(zipped(GOOD))
        whole[6] |= 1  # the flag in the member's own header
        whole[whole.index(b"PK\x01\x02") + 8] |= 1  # and in the directory
        refused(bytes(whole), importing.BadArchive, "ZIP")

    def test_a_file_that_only_begins_like_an_archive_is_refused(self, refused):
        refused(b"PK\x03\x04" + GOOD, importing.BadArchive, "ZIP")

    def test_one_bad_file_refuses_the_good_ones_beside_it(self, refused):
        refused(zipped(GOOD, b"<a/>"), reading.NotACamtFile)
        refused(zipped(GOOD, GOOD.replace(b">50.00<", b">51.00<")), importing.InconsistentStatement)

    def test_names_that_leave_the_folder_are_only_names(self, company, take_in, tmp_path):
        box = files.io.BytesIO()
        with zipfile.ZipFile(box, "w") as archive:
            archive.writestr(f"../../../../{tmp_path}/escaped.xml", GOOD)
        (taken,) = take_in(box.getvalue())
        assert taken.new == 1
        assert not (tmp_path / "escaped.xml").exists()


def peak(refused, content, kind):
    """The most memory this process took while it refused a file."""
    tracemalloc.start()
    try:
        refused(content, kind, "ZIP")
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def understated(archive, *, size):
    """The archive, saying that its one member is small once unpacked."""
    whole = bytearray(archive)
    directory = whole.index(b"PK\x01\x02")
    struct.pack_into("<L", whole, 22, size)
    struct.pack_into("<L", whole, directory + 24, size)
    return bytes(whole)


class TestOtherFiles:
    @pytest.mark.parametrize(
        "content",
        [b"", b" \n", b"\x00" * 50, b"Datum;Betrag\n31.03.2026;100.00\n", b"%PDF-1.7\n", b"{}",
         b":20:STARTUMS\n:25:0123456789\n", b"\xff\xfe\x00\xd8", GOOD[:-1], GOOD[: len(GOOD) // 2],
         GOOD[:200], GOOD + b"<more/>", GOOD.replace(b"</Stmt>", b""),
         GOOD.replace(b"UTF-8", b"KLINGON"), GOOD.replace(b"Kundin", b"Kund\xfc"),
         GOOD.replace(b"Kundin", b"&#0;"), GOOD.replace(b"Kundin", b"&unknown;"),
         zlib.compress(GOOD)],
    )  # fmt: skip
    def test_what_is_no_readable_xml_is_refused(self, refused, content):
        message = refused(content, reading.NotXml, "no readable XML file")
        assert len(message) < 300

    @pytest.mark.parametrize(
        "content",
        [b"<a/>", b"<html><body>Fehler 500</body></html>", b"<Document/>", b"<Document><a/></Document>",
         GOOD.replace(b"BkToCstmrStmt", b"CstmrCdtTrfInitn"),
         GOOD.replace(b"Document", b"Dokument"),
         b"<!-- only --><?php echo 1 ?><a/>",
         b"<Ntry><Amt>1</Amt></Ntry>"],
    )  # fmt: skip
    def test_other_xml_is_refused_by_name(self, refused, content):
        refused(content, reading.NotACamtFile, "no camt.052, .053 or .054")

    def test_payment_orders_and_their_answers_are_refused(self, refused, shared, subtests):
        for path in sorted((shared / "samples" / "pain").glob("*.xml")):
            with subtests.test(path.name):
                refused(path.read_bytes(), reading.NotACamtFile, "Document")

    def test_a_statement_without_statements_is_refused(self, refused):
        refused(files.camt(), importing.NoStatement, "no statement")

    def test_an_intraday_report_is_refused(self, refused, shared):
        sample = shared / "samples" / "camt" / "camt.052.001.08_generic.xml"
        refused(sample.read_bytes(), importing.IntradayOnly, "camt.052", "camt.053")
        report = files.camt(statement(entry(), kind="052"), kind="052")
        refused(report, importing.IntradayOnly)


class TestStatementsThatDoNotFit:
    def test_the_account_must_be_the_companys(self, refused):
        content = GOOD.replace(files.IBAN.encode(), OTHER_IBAN.encode())
        refused(content, importing.UnknownBankAccount, "CH56 0483 5012 3456 7800 9")

    def test_the_account_must_be_told(self, refused):
        refused(camt053(entry(), account=""), importing.UnknownBankAccount)
        nothing = camt053(entry()).replace(b"<Acct></Acct>", b"")
        refused(nothing.replace(b"<IBAN>", b"<IBAN></IBAN><X>").replace(b"</IBAN></Id>", b"</X></Id>"),
                importing.UnknownBankAccount)  # fmt: skip

    @pytest.mark.parametrize(
        "content",
        [
            camt053(entry(currency="EUR")),
            camt053(entry(), account=f"<Id><IBAN>{files.IBAN}</IBAN></Id><Ccy>EUR</Ccy>"),
            camt053(entry("1.00"), entry("2.00", currency="EUR")),
            camt053(entry(), currency="EUR"),  # only the balances
            camt053(currency="EUR", account=f"<Id><IBAN>{files.IBAN}</IBAN></Id>"),
        ],
    )
    def test_the_currency_must_be_the_accounts(self, refused, content):
        refused(content, importing.WrongCurrency, "EUR", "CHF", found="EUR", expected="CHF")

    @pytest.mark.parametrize(
        ("opening", "closing", "difference"),
        [("0.00", "100.01", "-0.01"), ("0.00", "99.99", "0.01"), ("0.01", "100.00", "0.01"),
         ("-100.00", "100.00", "-100.00"), ("0.00", "-100.00", "200.00")],
    )  # fmt: skip
    def test_the_sums_must_be_right(self, refused, opening, closing, difference):
        content = camt053(entry("100.00"), opening=opening, closing=closing)
        told = {"opening": opening, "closing": closing, "difference": difference}
        refused(content, importing.InconsistentStatement, "S-1", "does not add up",
                **{name: Decimal(amount) for name, amount in told.items()})  # fmt: skip

    def test_a_pending_entry_does_not_make_sums_right(self, refused):
        content = camt053(entry("100.00", status="PDNG"), closing="100.00")
        refused(content, importing.InconsistentStatement)

    def test_the_second_statement_wrong_refuses_the_first(self, refused):
        good, bad = statement(entry(), ident="A"), statement(entry(), ident="B", closing="1.00")
        refused(files.camt(good, bad), importing.InconsistentStatement, "B")

    def test_the_samples_that_do_not_add_up_or_fit_are_refused(self, refused, shared):
        folder = shared / "samples" / "camt"
        refused((folder / "camt.053.001.08_generic.xml").read_bytes(),
                importing.UnknownBankAccount)  # fmt: skip

    def test_an_entry_without_any_day_is_refused(self, refused):
        nameless = entry(ref="R").replace("<Dt>2026-03-31</Dt>", "")
        content = files.camt054(nameless, days=None)
        refused(content, UnreadableValue, "BookgDt")


class TestValues:
    @pytest.mark.parametrize(
        "written",
        ["1e5", "1E5", "1e-5", "١٢", "١٢.٠٠", "１２.00", "-5.00", "+5.00", "1'000.00", "1’000.00",
         "1,000.00", "1.000,00", "100,00", "0x10", "0b1", "1_000", "NaN", "Infinity", "inf", "",
         " ", "CHF 5", "5 CHF", "1 000", ".5", "5.", "1.2.3", "--5", "10000000000000",
         "99999999999999.99", "9" * 400, "1.123456", "1.005", "0.001", "½", "null", "None",
         "5\n5"],
    )  # fmt: skip
    def test_an_amount_that_cannot_be_read_refuses_the_file(self, refused, written):
        content = camt053(entry("1.00"), entry("77.77"), closing="1.00").replace(
            b"77.77", written.encode()
        )
        told = {"entry": 2, "element": "Amt", "value": written.strip()[:40]}
        message = refused(content, UnreadableValue, "Entry 2", "refused as a whole", **told)
        assert len(message) < 300

    @pytest.mark.parametrize("written", ["1e5", "-5.00", "", "1.005"])
    def test_the_same_holds_for_balances(self, refused, written):
        content = camt053(opening="77.77").replace(b"77.77", written.encode())
        refused(content, UnreadableValue, "Amt")

    @pytest.mark.parametrize("written", ["1e5", "-5.00", "", "0x10"])
    def test_the_same_holds_for_payments(self, refused, written):
        content = camt053(entry("5.00", tx("77.77"))).replace(b"77.77", written.encode())
        refused(content, UnreadableValue, "Amt")

    @pytest.mark.parametrize(
        "hidden", ["<!-- 1 -->", "<?x 1?>", "<!---->", "<b>1</b>", "<b/>"]
    )  # fmt: skip
    @pytest.mark.parametrize("place", [0, 1, 3, 6])
    def test_nothing_may_hide_inside_an_amount(self, refused, hidden, place):
        written = "100.00"[:place] + hidden + "100.00"[place:]
        content = camt053(entry("77.77"), closing="100.00").replace(b"77.77", written.encode())
        refused(content, UnreadableValue, "Amt", entry=1)

    @pytest.mark.parametrize("hidden", ["<!-- x -->", "<?x y?>"])
    @pytest.mark.parametrize(
        ("element", "value"),
        [("CdtDbtInd", "CRDT"), ("Cd", "BOOK"), ("IBAN", files.IBAN), ("AcctSvcrRef", "REF-1"),
         ("Dt", "2026-03-31"), ("Nm", "Kundin"), ("Id", "S-1")],
    )  # fmt: skip
    def test_nothing_may_hide_inside_another_value(self, refused, hidden, element, value):
        whole, broken = f">{value}</{element}>", f">{value[:2]}{hidden}{value[2:]}</{element}>"
        assert whole.encode() in GOOD
        content = GOOD.replace(whole.encode(), broken.encode(), 1)
        refused(content, UnreadableValue, element=element)

    def test_comments_between_elements_do_no_harm(self, take_in):
        content = GOOD.replace(b"<Ntry>", b"<!-- a --><?b c?><Ntry>")
        content = content.replace(b"<CdtDbtInd>", b"<!-- d --><CdtDbtInd>")
        (taken,) = take_in(content)
        assert taken.new == 1

    @pytest.mark.parametrize("written", ["", "KRED", "crdt", "CRDT DBIT", "C"])
    def test_an_unknown_direction_refuses_the_file(self, refused, written):
        content = GOOD.replace(b"<CdtDbtInd>CRDT</CdtDbtInd><Sts>",
                               f"<CdtDbtInd>{written}</CdtDbtInd><Sts>".encode())  # fmt: skip
        assert content != GOOD
        refused(content, UnreadableValue, "CdtDbtInd", value=written)

    def test_a_missing_direction_refuses_the_file(self, refused):
        content = GOOD.replace(b"<CdtDbtInd>CRDT</CdtDbtInd><Sts>", b"<Sts>")
        assert content != GOOD
        refused(content, UnreadableValue, "CdtDbtInd", entry=1, value="")

    def test_a_missing_amount_refuses_the_file(self, refused):
        content = GOOD.replace(b'<Ntry><Amt Ccy="CHF">100.00</Amt>', b"<Ntry>")
        assert content != GOOD
        refused(content, UnreadableValue, "Amt", entry=1)

    @pytest.mark.parametrize(
        "written",
        ["31.03.2026", "2026-13-01", "2026-02-30", "0000-01-01", "heute", "2026-3-1", "٢٠٢٦-٠٣-٣١",
         "12026-03-31", "-2026-03-31", "0001-01-01", "1899-12-31", "2100-01-01", "9999-12-31"],
    )  # fmt: skip
    def test_a_day_that_does_not_exist_refuses_the_file(self, refused, written):
        content = GOOD.replace(b"<BookgDt><Dt>2026-03-31", f"<BookgDt><Dt>{written}".encode())
        refused(content, UnreadableValue, "Dt", entry=1)

    @pytest.mark.parametrize(
        "written",
        ["2026-03-31T25:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "gestern",
         "2026-03-31T10:00:00+25:00", "9999-12-31T23:59:59"],
    )  # fmt: skip
    def test_a_moment_that_does_not_exist_refuses_the_file(self, refused, written):
        content = GOOD.replace(b"<BookgDt><Dt>2026-03-31</Dt>",
                               f"<BookgDt><DtTm>{written}</DtTm>".encode())  # fmt: skip
        refused(content, UnreadableValue, "DtTm", entry=1)

    def test_a_statement_does_not_last_for_ever(self, refused):
        """Its day would be the last one there is, and every page would ask for the day after."""
        content = GOOD.replace(b"<ToDtTm>2026-03-31", b"<ToDtTm>9999-12-31")
        assert content != GOOD
        refused(content, UnreadableValue, "ToDtTm")

    def test_a_status_of_the_banks_own_refuses_the_file(self, refused):
        content = GOOD.replace(b"<Sts><Cd>BOOK</Cd></Sts>", b"<Sts><Prtry>VIELLEICHT</Prtry></Sts>")
        refused(content, UnreadableValue, "VIELLEICHT", element="Sts")


class TestOverlongValues:
    """Longer than the standard allows: taken as far as there is room, never an accident."""

    def test_long_names_and_texts_are_cut(self, company, take_in):
        payment = tx("1.00", party="P" * 5000, iban="CH" + "1" * 500, text="T" * 5000,
                     reference="R" * 500)  # fmt: skip
        take_in(camt053(entry("1.00", payment, text="E" * 5000)))
        (row,) = BankTransaction.of(company)
        assert (len(row.party), len(row.text), len(row.reference)) == (140, 500, 35)

    def test_a_long_statement_number_is_known_again(self, company, take_in):
        content = camt053(ident="S" * 200)
        take_in(content)
        before = rows(company)
        (again,) = take_in(content)
        assert (again.new, rows(company)) == (0, before)

    def test_long_references_of_the_bank_stay_apart(self, company, take_in):
        """Cut off, they would look the same, and the second entry would be lost."""
        content = camt053(entry("1.00", ref="R" * 200 + "a"), entry("1.00", ref="R" * 200 + "b"))
        (first,) = take_in(content)
        (again,) = take_in(content.replace(b"S-1", b"S-2"))
        assert (first.new, first.known, again.new, again.known) == (2, 0, 0, 2)
