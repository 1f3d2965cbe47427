"""Invoices as PDF: beside the bare printer on the same pages, beside another maker's slip, and in memory."""

from __future__ import annotations

import datetime as dt
import io
import logging
import os
import random
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import django
import qrbill
import weasyprint

if __name__ == "__main__":
    django.setup()

from accounting.qr import references
from accounting.receivables import paper
from accounting.receivables.paper import DocumentBody, Letter, Paper, PaperLine, Sender
from accounting.receivables.paper.printing import SHEETS
from erp.documents import pdf
from tools.bench.measuring import interleaved, note
from tools.bench.slips import BILL, COUNTRIES, PAYER, for_qrbill

SENDER = Sender(
    "Alpenholz Handels AG", "Obere Gasse", "12a", "7000", "Chur", "CH", uid="CHE109322551", vat_liable=True,
    phone="081 252 10 20", mail="buero@example.ch", web="www.example.ch", footer="Alpenholz Handels AG, Chur",
)  # fmt: skip
RECIPIENT = ("Pia-Maria Rutschmann-Schnyder", "Grosse Marktgasse 28", "9400 Rorschach")
DAY = dt.date(2026, 11, 23)
ROOM = (
    "<div class='slip-room'><div style='position:absolute;left:-20mm;bottom:-18mm;width:210mm;height:105mm'>"
    "{}</div></div></body>"
)


def invoice(number: int, *, most: int = 12) -> Paper:
    """An invoice of one to ``most`` lines, another one for each number."""
    chance = random.Random(number)  # noqa: S311
    lines = tuple(
        PaperLine("item", f"Lärche gehobelt, Lage {nth}" + ("\nzugeschnitten" if nth % 3 == 0 else ""),
                  Decimal(chance.randrange(1, 400)), "m²", Decimal(chance.randrange(500, 9000)) / 100,
                  rate=Decimal("8.1"), amount=Decimal(chance.randrange(500, 99999)) / 100)
        for nth in range(1, chance.randrange(2, most + 2))
    )  # fmt: skip
    net = sum((line.amount or Decimal(0) for line in lines), Decimal(0))
    tax = (net * Decimal("0.081")).quantize(Decimal("0.01"))
    letter = Letter("de", SENDER, RECIPIENT, f"Rechnung RE-2026-{number:05}", DAY, (("Kundennummer", f"K-{number}"),),
                    "Guten Tag Frau Rutschmann", "Wir stellen Ihnen in Rechnung:", "Freundliche Grüsse")  # fmt: skip
    totals = (("Total exkl. MWST", net, ""), ("MWST 8.1 %", tax, ""), ("Total", net + tax, "sum"))
    body = DocumentBody("CHF", "net", lines, totals,
                        ((Decimal("8.1"), net, tax),), ("Zahlbar bis 23.12.2026, netto.",))  # fmt: skip
    bill = replace(BILL, amount=net + tax, reference=references.make_qrr(str(number)))
    return Paper(letter, body, (bill,), COUNTRIES)


def bench_papers() -> None:
    """Within 1.25 of the bare printer, twice the other maker's pages, and no more memory at the end."""
    logging.getLogger("weasyprint").setLevel(logging.ERROR)  # the other SVG is warned about
    styles = pdf._styles(*SHEETS)
    count = {"ours": 0, "bare": 0, "small": 0, "theirs": 0}
    pages = [paper.html(invoice(number)) for number in range(1, 61)]

    def next_of(name: str) -> int:
        count[name] += 1
        return count[name] % 60 + 1

    def bare() -> bytes:
        made = weasyprint.HTML(string=pages[next_of("bare") - 1])
        return bytes(made.write_pdf(stylesheets=[styles], pdf_variant="pdf/a-3b"))

    ours, plain = interleaved(60, lambda: paper.pdf(invoice(next_of("ours"))), bare)
    note("invoice as PDF, beside the bare printer", 1, ours, plain, "<= 1.25", 1.25)

    def theirs() -> bytes:
        one = invoice(next_of("theirs"), most=3)
        (bill,) = one.bills
        slip = io.StringIO()
        qrbill.QRBill(
            account=bill.iban, creditor=for_qrbill(bill.creditor), debtor=for_qrbill(PAYER), amount=str(bill.amount),
            reference_number=bill.reference, additional_information=bill.message,
            billing_information=bill.billing,
        ).as_svg(slip)  # fmt: skip
        drawn = slip.getvalue().partition("?>")[2]
        page = paper.html(replace(one, bills=())).replace("</body>", ROOM.format(drawn))
        made = weasyprint.HTML(string=page)
        return bytes(made.write_pdf(stylesheets=[styles], pdf_variant="pdf/a-3b"))

    small, other = interleaved(40, lambda: paper.pdf(invoice(next_of("small"), most=3)), theirs)
    print(f"  {1 / small:,.1f} pages a second, {1 / other:,.1f} with the other maker's slip")
    note("pages with slip a second, beside qrbill", 1, small, other, ">= 200 %", 2, at_least=True)
    done = subprocess.run(
        [sys.executable, "-m", "tools.bench.papers"], check=True, capture_output=True, text=True, env=os.environ
    )  # fmt: skip
    early, late = (float(line) for line in done.stdout.split()[-2:])
    note("memory after 1,000 PDFs, beside after 100", 1000, late, early, "<= 1.1", 1.1, unit="MB")


def memory() -> float:
    """What this process holds, in gigabytes (so that the table shows megabytes)."""
    resident = int(Path("/proc/self/statm").read_text().split()[1])
    return resident * os.sysconf("SC_PAGE_SIZE") / 1e9


if __name__ == "__main__":
    for number in range(1, 1001):
        paper.pdf(invoice(number))
        if number in (100, 1000):
            print(memory(), flush=True)
