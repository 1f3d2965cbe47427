"""A cash book by the keyboard: Enter books and stands ready for the next; nothing goes below zero."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e

BOOK = "/c/1/cash/1/?from=2026-11-01&until=2026-11-30"


def typed(page, text, *, account, receipt="", payment=""):
    """A row as a bookkeeper types it: Enter leads to the next field that is missing."""
    keys = page.keyboard
    expect(page.locator("#text")).to_be_focused()
    keys.type(text)
    keys.press("Enter")
    expect(page.locator("#receipt")).to_be_focused()
    keys.type(receipt)
    keys.press("Enter")
    if payment:
        expect(page.locator("#payment")).to_be_focused()
        keys.type(payment)
        keys.press("Enter")
    expect(page.locator("#account")).to_be_focused()
    keys.type(account)
    keys.press("Enter")


def test_rows_are_entered_one_after_the_other(wide):
    page = wide.goto(BOOK)
    rows = page.locator("#book tbody tr")
    before = rows.count()
    typed(page, "Kaffee", payment="12.50+3", account="6640")
    expect(rows).to_have_count(before + 1)
    expect(rows.last).to_contain_text("15.50")
    typed(page, "Trinkgeld", receipt="5", account="3200")
    expect(rows).to_have_count(before + 2)
    expect(rows.last).to_contain_text("UN")  # the account brings its code along


def test_what_is_not_there_cannot_be_spent(wide):
    page = wide.goto(BOOK)
    rows = page.locator("#book tbody tr")
    before = rows.count()
    typed(page, "Zu viel", payment="99999", account="6500")
    expect(page.locator("#refusal")).to_contain_text("1000")
    expect(page.locator("#payment")).to_be_focused()
    assert rows.count() == before


def test_a_part_is_split_off_to_another_account(wide):
    page = wide.goto(BOOK)
    rows = page.locator("#book tbody tr")
    before = rows.count()
    page.fill("#text", "Einkauf")
    page.fill("#payment", "50")
    page.fill("#account", "6500")
    page.locator("#account").press("Alt++")
    part = page.locator("[data-part]")
    part.locator("[name=amount]").fill("20")
    part.locator("[name=account]").fill("6640")
    part.locator("[name=account]").press("Enter")
    expect(rows).to_have_count(before + 1)
    expect(rows.last).to_contain_text("50.00")


def test_a_count_adds_itself_up(wide):
    page = wide.goto("/c/1/cash/1/count/")
    page.fill("[data-value='100.00']", "3")
    page.fill("[data-value='0.05']", "3")
    expect(page.locator("#counted-sum")).to_have_text("300.15")
