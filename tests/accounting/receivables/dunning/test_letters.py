"""Letters and statements on paper, read again: languages, the rest on the slip, PDFs kept, mails."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from accounting.banking.booking import save_bank_account
from accounting.banking.models import BankAccount
from accounting.qr.payload import parse
from accounting.receivables import paper
from accounting.receivables.dunning import jobs, mailing, queries, running, statements
from accounting.receivables.dunning.archiving import Stationery
from accounting.receivables.dunning.defaults import WORDS
from accounting.receivables.dunning.issuing import issuer_of
from accounting.receivables.dunning.models import DunningNotice
from accounting.receivables.dunning.wording import WORDINGS
from accounting.receivables.sales_settings import change_settings
from erp.core.tenancy import open_companies
from erp.documents import storing
from erp.jobs import running as worker
from erp.jobs.models import Job
from erp.jobs.queries import lines_of
from erp.jobs.starting import cancel
from erp.mails.models import OutgoingMail
from tests import make
from tests.accounting.receivables.dunning.books import (
    ADDRESS,
    MAY_1,
    MAY_12,
    QR_IBAN,
    claim,
    company,
    customer,
    pay,
    run,
    scanned,
    set_level,
    words,
)

pytestmark = pytest.mark.django_db
COUNTRIES = frozenset({"CH", "LI", "DE"})


@pytest.fixture
def books():
    return company()


def worked(job, books):
    worker.run(job.pk, books.pk)
    open_companies([books.pk])
    found = Job.of_place(books.pk).select_related("file").get(pk=job.pk)
    assert found.state == "done", (found.error, found.error_code)
    return found


def printed(books, notice):
    return paper.pdf(Stationery(books).paper(notice))


def bill_on(pdf):
    (text,) = scanned(pdf)
    return parse(text, countries=COUNTRIES).bill


def test_the_slip_asks_for_the_rest_with_fee_and_interest(books):
    huber = customer(books)
    item = claim(books, huber, "1000.00", due="2026-03-31")
    pay(books, item, "400.00", on=dt.date(2026, 4, 15))
    claim(books, huber, "-50.00", document="G-1")
    set_level(books, 1, fees={"CHF": Decimal("20.00")}, interest="charged")
    _made, (notice,) = run(books)
    # 550 for 31 days and 400 for 15 days at 5 %
    assert notice.interest == Decimal("3.16") and notice.total == Decimal("573.16")
    bill = bill_on(printed(books, notice))
    assert (bill.amount, bill.reference, bill.iban) == (notice.total, notice.reference, QR_IBAN)
    assert (bill.debtor.name, bill.debtor.postcode) == ("Huber AG", "6460")
    text = words(printed(books, notice))
    for told in ("Zahlungserinnerung", "573.16", "R-1", "G-1", "20.00", "3.16", "11.05.2026"):
        assert told in text


@pytest.mark.parametrize("language", ["de", "fr", "it", "en"])
def test_letters_speak_the_language_of_the_customer(books, language):
    claim(books, customer(books, language=language))
    _made, (notice,) = run(books)
    text = " ".join(words(printed(books, notice)).split())
    assert WORDS["reminder"][language].title in text
    assert WORDINGS[language].to_pay in text and WORDINGS[language].pay_until in text
    assert notice.paper["letter"]["language"] == notice.language == language
    assert "{" not in text


def test_a_companys_own_text_is_used_where_it_has_one(books):
    set_level(
        books,
        1,
        texts={
            "de": {"title": "Kleine Bitte", "intro": "Hallo", "closing": "Bis {until}: {total}"}
        },
    )
    claim(books, customer(books)), claim(books, customer(books, "Dupont SA", language="fr"))
    _made, (french, german) = run(books)
    assert (german.title, french.title) == ("Kleine Bitte", "Rappel de paiement")
    assert "Bis 11.05.2026: CHF 100.00" in words(printed(books, german))


def test_interest_that_is_only_shown_is_not_demanded(books):
    claim(books, customer(books), "1000.00")
    set_level(books, 1, interest="shown")
    _made, (notice,) = run(books)
    assert (notice.interest, notice.total) == (Decimal("4.11"), Decimal("1000.00"))
    assert bill_on(printed(books, notice)).amount == Decimal("1000.00")
    assert "4.11" in words(printed(books, notice))


def test_without_an_address_the_payer_fills_it_in(books):
    claim(books, customer(books, address=None))
    _made, (notice,) = run(books)
    assert bill_on(printed(books, notice)).debtor is None


def test_other_currencies_than_those_of_slips_have_none(books):
    from accounting.banking.booking import save_bank_account
    from accounting.banking.models import BankAccount

    save_bank_account(BankAccount(company=books, name="USD", iban="CH3908704016075473007", currency="USD",
                                  account=make.account(books, "1025")), by=make.owner_of(books))  # fmt: skip
    claim(books, customer(books), "100.00", currency="USD", base="90.00")
    _made, (notice,) = run(books)
    assert notice.reference == "" and notice.paper["bills"] == []


def test_the_job_keeps_each_pdf_once_mails_and_prints_the_rest(books):
    owner = make.owner_of(books)
    claim(books, customer(books, "Mail AG", mail="debi@mail.example.ch"))
    claim(books, customer(books, "Papier AG")), claim(books, customer(books, "Post AG"))
    made, notices = run(books)
    job = jobs.begin_letters(made, by=owner)
    assert jobs.begin_letters(made, by=owner).pk == job.pk  # once
    done = worked(job, books)
    assert done.result == {"letters": 3, "mailed": 1, "printed": 2}
    made.refresh_from_db()
    batch = storing.content_of(done.file)
    assert made.batch == done.file and "Papier AG" in words(batch) and "Mail AG" not in words(batch)
    mail = OutgoingMail.of(books).get()
    assert (mail.to, mail.about_id, mail.kind) == (
        ["debi@mail.example.ch"],
        notices[0].pk,
        "dunning",
    )
    assert "CHF 100.00" in mail.subject and "{" not in mail.body
    kept = [queries.notices_of(books).get(pk=n.pk).file for n in notices]
    assert all(storing.is_intact(books.pk, file.digest) for file in kept)
    assert storing.content_of(kept[1]) == printed(books, notices[1])  # the same bytes again


def test_a_job_that_is_called_again_mails_nothing_twice(books):
    owner = make.owner_of(books)
    claim(books, customer(books, mail="a@b.example.ch"))
    made, _notices = run(books)
    worked(jobs.begin_letters(made, by=owner), books)
    from erp.access.gate import access_to
    from erp.jobs.kinds import Done, Running

    again = jobs.write_letters(
        Running(1, {"run": made.pk}, access_to(books.pk, user=owner)), {"done": 1, "total": 1}
    )
    assert isinstance(again, Done) and OutgoingMail.of(books).count() == 1


def test_what_mails_refuse_goes_out_on_paper_and_the_log_says_why(books):
    claim(books, customer(books, mail="a@b.example.ch"))
    made, (notice,) = run(books)
    DunningNotice.of(books).filter(pk=notice.pk).update(mail_address="kein mail")
    done = worked(jobs.begin_letters(made, by=make.owner_of(books)), books)
    assert done.result == {"letters": 1, "mailed": 0, "printed": 1} and done.file
    assert "1 Huber AG" in lines_of(done)[0].text
    assert DunningNotice.of(books).get(pk=notice.pk).channel == "print"


def test_a_job_that_came_to_nothing_is_begun_anew(books):
    owner = make.owner_of(books)
    claim(books, customer(books))
    made, _notices = run(books)
    first = jobs.begin_letters(made, by=owner)
    cancel(first, by=owner)
    second = jobs.begin_letters(made, by=owner)
    assert second.pk != first.pk
    assert worked(second, books).result["printed"] == 1
    assert jobs.begin_letters(made, by=owner).pk == second.pk


def test_letters_keep_the_logo_they_had(books):
    import io

    from PIL import Image

    from erp.documents.logos import set_logo

    def png(colour):
        out = io.BytesIO()
        Image.new("RGB", (60, 20), colour).save(out, "PNG")
        return out.getvalue()

    owner = make.owner_of(books)
    set_logo(company=books, name="a.png", content=png("red"), by=owner)
    claim(books, customer(books))
    _made, (notice,) = run(books)
    before = printed(books, notice)
    set_logo(company=books, name="b.png", content=png("blue"), by=owner)
    assert printed(books, DunningNotice.of(books).get(pk=notice.pk)) == before


def test_drafts_bear_a_watermark_and_the_same_figures(books):
    claim(books, customer(books))
    made = running.draft(books, date=MAY_1, by=make.owner_of(books))
    (one,) = running.written(books, running.preview(made), draft=True)
    assert one.paper.letter.draft and one.paper.bills[0].amount == one.letter.total


def test_a_statement_lists_what_is_open_with_its_balance(books):
    huber = customer(books)
    item = claim(books, huber, "100.00", due="2026-04-01")
    claim(books, huber, "40.00", document="R-2", due="2026-05-20")
    claim(books, huber, "-15.00", document="G-1", due="2026-04-15")
    pay(books, item, "30.00", on=dt.date(2026, 4, 20))
    (found,) = statements.statements(books, MAY_1)
    assert (found.balance, found.overdue) == (Decimal("95.00"), Decimal("55.00"))
    assert found.ages == (Decimal("40.00"), Decimal("55.00"), 0, 0, 0)
    (made,) = statements.printed(books, [found])
    pdf = paper.pdf(made.paper)
    assert bill_on(pdf).amount == Decimal("95.00") and bill_on(pdf).reference == ""
    for told in ("Kontoauszug", "R-1", "30.00", "G-1", "95.00"):
        assert told in words(pdf)
    before = statements.statements(books, dt.date(2026, 4, 10))[0]
    assert before.balance == Decimal("125.00")  # as of that day
    (bare,) = statements.printed(books, [found], slip=False)
    assert scanned(paper.pdf(bare.paper)) == []


def test_a_statement_in_the_customers_favour_has_no_slip(books):
    claim(books, customer(books, language="it"), "-80.00", document="G-1")
    (made,) = statements.printed(books, statements.statements(books, MAY_1))
    assert made.paper.bills == () and made.faults == ()
    assert WORDINGS["it"].in_credit in words(paper.pdf(made.paper))


def test_statements_of_all_go_by_mail_or_into_one_file(books):
    owner = make.owner_of(books)
    mailed = customer(books, "Mail AG", mail="a@b.example.ch", language="fr")
    claim(books, mailed), claim(books, mailed, "5.00", currency="EUR", base="4.70", document="R-9")
    for nth in range(12):
        claim(books, customer(books, f"Papier {nth} AG"))
    done = worked(jobs.begin_statements(books, on=MAY_12, by=owner, by_mail=True), books)
    assert done.result == {"mailed": 1, "printed": 12}
    mail = OutgoingMail.of(books).get()
    assert mail.files.count() == 2 and "CHF 100.00, EUR 5.00" in mail.body
    text = words(storing.content_of(done.file))
    assert "Papier 11 AG" in text and "Mail AG" not in text
    done = worked(jobs.begin_statements(books, on=MAY_12, by=owner), books)
    assert done.result == {"mailed": 0, "printed": 14}


def test_nobody_owes_nothing_is_written(books):
    job = jobs.begin_statements(books, on=MAY_12, by=make.owner_of(books))
    worker.run(job.pk, books.pk)
    open_companies([books.pk])
    assert Job.of_place(books.pk).get(pk=job.pk).error_code == "dunning.nobody_owes"


def test_a_statement_needs_an_address_to_be_sent(books):
    claim(books, customer(books, address=ADDRESS))
    papers = statements.printed(books, statements.statements(books, MAY_1))
    with pytest.raises(mailing.NoMailAddress):
        mailing.mail_statement(papers, by=make.owner_of(books))


def test_letters_are_written_as_the_settings_of_documents_say(books):
    anna = make.owner_of(books)
    second = save_bank_account(BankAccount(
        company=books, name="Raiffeisen", iban="CH3908704016075473007", currency="CHF",
        account=make.account(books, "1010"),
    ), by=anna)  # fmt: skip
    claim(books, customer(books))
    before = issuer_of(books, MAY_1)
    assert (before.accounts["CHF"].qr_iban, before.address_left) == (QR_IBAN, False)
    change_settings(company=books, by=anna, phone="041 870 10 10", mail="buero@example.ch",
                    web="example.ch", footer="Gut zu Fuss", bank_account=second, address_left=True)  # fmt: skip
    _made, (notice,) = run(books)
    letter = Stationery(books).paper(notice).letter
    sender = letter.sender
    assert (sender.phone, sender.mail, sender.web, sender.footer, letter.address_left) == (
        "041 870 10 10", "buero@example.ch", "example.ch", "Gut zu Fuss", True,
    )  # fmt: skip
    pdf = printed(books, notice)
    assert bill_on(pdf).iban == second.iban
    assert "Gut zu Fuss" in words(pdf)
    (one,) = statements.printed(books, statements.statements(books, MAY_1))
    assert one.paper.letter.address_left
    assert one.paper.bills[0].iban == second.iban
