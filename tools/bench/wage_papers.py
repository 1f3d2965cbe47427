"""Payslips and wage certificates as PDF: beside the bare printer on the same pages, and in memory."""

from __future__ import annotations

import os
import subprocess
import sys

import django
import weasyprint
from django.template.loader import render_to_string
from django.utils.translation import override

if __name__ == "__main__":
    django.setup()

from erp.documents import pdf
from payroll.declarations import papers as certificates
from payroll.delivery.passwords import generated, locked
from payroll.runs import papers
from payroll.setup.models import PayrollSettings
from tools.bench.measuring import interleaved, note
from tools.bench.papers import memory
from tools.bench.wage_samples import certificate, content, run

PAGES = 30
SETTINGS = PayrollSettings(slip_text="Fragen zur Abrechnung: personal@example.ch")


def slip(number: int) -> str:
    return papers.html_of(run(), content(number), settings=SETTINGS, logo="", employer=True)


def bench_wage_papers() -> None:
    """Within 1.25 of the bare printer, as invoices are; locking a file costs little beside making it."""
    count = {"slip": 0, "bare": 0, "certificate": 0, "bare certificate": 0}
    contents = [content(number) for number in range(PAGES)]
    told = [certificate(number) for number in range(PAGES)]
    with override("de"):
        forms = [render_to_string("payroll/declarations/certificate_paper.html", certificates.context_of(one))
                 for one in told]  # fmt: skip
    pages = [papers.html_of(run(), one, settings=SETTINGS, logo="") for one in contents]

    def next_of(name: str) -> int:
        count[name] += 1
        return count[name] % PAGES

    def ours() -> bytes:
        html = papers.html_of(run(), contents[next_of("slip")], settings=SETTINGS, logo="")
        return pdf.render(html, sheets=["payslip"])

    def bare(name: str, html: list[str], sheet: str) -> bytes:
        made = weasyprint.HTML(string=html[next_of(name)])
        return bytes(made.write_pdf(stylesheets=[pdf._styles(sheet)]))

    made, plain = interleaved(PAGES, ours, lambda: bare("bare", pages, "payslip"))
    print(f"  {1 / made:,.1f} payslips a second: 1,000 in {1000 * made:,.0f} s by one worker")
    note("payslip as PDF, beside the bare printer", 1, made, plain, "<= 1.25", 1.25)
    made, plain = interleaved(
        PAGES, lambda: certificates.pdf_of(told[next_of("certificate")]),
        lambda: bare("bare certificate", forms, "certificate"),
    )  # fmt: skip
    print(f"  {1 / made:,.1f} certificates a second: 1,000 in {1000 * made:,.0f} s by one worker")
    note("certificate as PDF, beside the bare printer", 1, made, plain, "<= 1.25", 1.25)
    paper, password = ours(), generated()
    shut, made = interleaved(PAGES, lambda: locked(paper, password), ours)
    note("a PDF locked by AES-256, beside making it", 1, shut, made, "<= 0.25", 0.25)
    done = subprocess.run(
        [sys.executable, "-m", "tools.bench.wage_papers"], check=True, capture_output=True, text=True, env=os.environ
    )  # fmt: skip
    early, late = (float(line) for line in done.stdout.split()[-2:])
    note("memory after 300 PDFs, beside after 100", 300, late, early, "<= 1.1", 1.1, unit="MB")


if __name__ == "__main__":
    for number in range(1, 301):
        pdf.render(slip(number), sheets=["payslip"])
        if number in (100, 300):
            print(memory(), flush=True)
