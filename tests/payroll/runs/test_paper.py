"""What a printed slip and certificate must hold, in four languages, and that they stay on their leaves."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pypdfium2 as pdfium
import pytest

from erp.documents.pdf import render
from payroll.declarations import papers as certificates
from payroll.runs import papers
from payroll.setup.models import PayrollSettings
from payroll.wages.values import Reason
from tools.bench import wage_samples as samples
from tools.bench.wage_samples import typed

SETTINGS = PayrollSettings(slip_text="Fragen an personal@example.ch")
MONTH = [typed(1210, "850.00", text="Projekt Seeblick"), typed(3000, "215.00"),
         typed(6000, "184.30", text="Bahn Chur–Zürich"), typed(6510, "300.00")]  # fmt: skip


def text_of(content, *, employer=False, **more):
    html = papers.html_of(
        samples.run(**more), content, settings=SETTINGS, logo="", employer=employer
    )
    return read(render(html, sheets=["payslip"]))


def read(pdf):
    file = pdfium.PdfDocument(pdf)
    return [page.get_textpage().get_text_range() for page in file]


def test_a_slip_tells_rate_and_base_sums_payment_insurances_and_balances():
    (leaf,) = text_of(samples.content(3, movements=MONTH))
    for told in ("Alpenholz Handels AG", "Pia-Maria Rutschmann-Schnyder", "9400 Rorschach",
                 "756.9217.0769.85", "Lohnabrechnung März 2026", "Projekt Seeblick", "7’565.00",
                 "7’350.00", "5.30 %", "−389.55", "CH93 … 2957", "Bahn Chur–Zürich", "17.5", "12.25",
                 "20’350.00", "Fragen an personal@example.ch", "1 / 1"):  # fmt: skip
        assert told in leaf, told
    assert "CH9300762011623852957" not in leaf


@pytest.mark.parametrize(
    ("language", "title"), [("fr", "mars 2026"), ("it", "marzo 2026"), ("en", "march 2026")]
)
def test_a_slip_is_in_the_employees_language(language, title):
    (leaf,) = text_of(samples.content(3, language=language, movements=MONTH))
    assert title in leaf.lower()
    assert "Lohnabrechnung" not in leaf and "Bruttolohn" not in leaf


def test_the_employers_part_is_told_where_the_company_wants_it():
    one = samples.content(3, movements=MONTH)
    (without,), (with_it,) = text_of(one), text_of(one, employer=True)
    assert without.count("389.55") == 2  # deducted, and among the insurances
    assert with_it.count("389.55") == 3


def test_hours_holiday_pay_and_the_13th_stand_apart():
    """OR 329d: holiday pay within the hourly wage is shown separately."""
    (leaf,) = text_of(samples.hourly())
    for told in ("84.25", "32.50", "8.33 %", "3.50 %", "261.95", "110.05", "Inventur"):
        assert told in leaf, told


def test_many_lines_go_on_overleaf_with_their_heading_and_no_sum_alone():
    many = [
        typed(number, "100.00") for number in (1001, 1033, 1010, 1212, 1230, 1065, 1160, 1200)
    ] * 5
    leaves = text_of(samples.content(4, movements=many))
    assert len(leaves) == 2
    assert "2 / 2" in leaves[1] and "5.30 %" in leaves[1]
    first = leaves[1].splitlines()
    place = next(nth for nth, line in enumerate(first) if "Bruttolohn" in line)
    assert place > 1  # a line of wages stands above the sum


def test_a_correction_names_its_months():
    months = (dt.date(2026, 1, 1), dt.date(2026, 2, 1))
    one = samples.content(5, movements=[typed(1210, "-150.00", for_month=months[0])], months=months)
    (leaf,) = text_of(one, kind="correction")
    assert "01.2026, 02.2026" in leaf and "−150.00" in leaf
    assert "Lohnabrechnung" not in leaf


def test_reasons_are_printed_where_rate_and_base_do_not_tell():
    from payroll.runs import explaining

    told = explaining.told([Reason("wage.days", {"wage": "6500.00", "days": "12"}),
                            Reason("line.typed", {})])  # fmt: skip
    assert len(told) == 1 and "12" in told[0]


def test_long_names_do_not_run_into_anything():
    who = {"name": "Alexandra-Maria von Mühlenberg-Hohenstein Rutschmann", "function": "Leiterin " * 12,
           "address": "Frau Dr. iur.\nAlexandra-Maria von Mühlenberg-Hohenstein Rutschmann\nc/o Stiftung für "
                      "Kinder- und Jugendhilfe\nObere Bahnhofstrasse 128b\n9400 Rorschacherberg"}  # fmt: skip
    (leaf,) = text_of(samples.content(4, movements=MONTH, person_told=who))
    assert "9400 Rorschacherberg" in leaf and "Lohnabrechnung März 2026" in leaf


@pytest.mark.parametrize(("language", "title"), [("de", "Lohnausweis"), ("fr", "Certificat de salaire"),
                                                 ("it", "Certificato di salario")])  # fmt: skip
def test_a_certificate_holds_its_boxes_on_one_leaf(language, title):
    one = samples.certificate(3, language=language)
    (leaf,) = read(certificates.pdf_of(one))
    assert title in leaf
    for told in ("102’380", "5’400", "112’030", "98’158", "3’120", "2’400", "80", "Chur, 15.01.2026",
                 "756.9217.0769.85", "1 / 1", "Halbtaxabonnement", "Bonuszahlung"):  # fmt: skip
        assert told in leaf, told
    assert one.box("11") == one.box("8") - one.box("9") - one.box("10.1")


def test_remarks_that_need_more_room_go_on_overleaf_by_name():
    from payroll.declarations.notes import Notes

    notes = Notes(
        remark="Stellenwechsel innerhalb der Gruppe. " * 60, relocation_costs=Decimal(4200)
    )
    leaves = read(certificates.pdf_of(samples.certificate(4, notes=notes)))
    assert len(leaves) == 2
    assert all("Pia-Maria Rutschmann-Schnyder" in leaf for leaf in leaves)
    assert "Chur, 15.01.2026" in leaves[1]
