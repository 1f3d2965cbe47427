"""Contacts by keyboard and by phone: added, recognised, merged, called."""

from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NARROW

pytestmark = pytest.mark.e2e


def unique(word):
    """A name that no other test has."""
    return f"{word} {uuid.uuid4().hex[:6].translate(str.maketrans('0123456789', 'ghijklmnop'))}"


def add(page, name, phone=""):
    page.locator("#name").press_sequentially(name)
    page.fill("#communications-0-value", phone)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/contacts/\d+/$"))


def test_a_contact_is_added_without_the_mouse(wide):
    page, name = wide.goto("/c/1/contacts/add/"), unique("Tischlerei")
    expect(page.locator("#name")).to_be_focused()
    page.keyboard.type(name)
    page.locator("#addresses-0-postcode").focus()
    page.keyboard.type("6460")
    expect(page.locator("#addresses-0-town")).to_have_value("Altdorf UR")
    page.keyboard.press("Escape")
    page.locator("#communications-0-value").focus()
    page.keyboard.type("041 870 12 34")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/contacts/\d+/$"))
    expect(page.locator("h1")).to_have_text(name)
    expect(page.locator('.reaches a[href="tel:+41418701234"]')).to_have_text("041 870 12 34")


def test_rows_are_added_and_taken_away_and_bring_their_own_town(wide):
    page = wide.goto("/c/1/contacts/add/")
    page.fill("#name", unique("Firma"))
    page.locator("[data-rows-of=addresses] [data-add]").click()
    page.locator("#addresses-1-postcode").press_sequentially("6454")
    expect(page.locator("#addresses-1-town")).to_have_value("Flüelen")
    expect(page.locator("#addresses-0-town")).to_have_value("")
    page.keyboard.press("Escape")
    page.select_option("#addresses-1-kind", "billing")
    page.locator("[data-rows-of=communications] [data-take]").last.click()
    page.click("#save")
    page.wait_for_url(re.compile(r"/contacts/\d+/$"))
    expect(page.locator("address")).to_have_count(1)


def test_who_is_there_already_is_told_while_typing(wide):
    page, name = wide.goto("/c/1/contacts/add/"), unique("Schreinerei")
    add(page, name, "041 870 22 33")
    page.goto(wide.site.url + "/c/1/contacts/add/")
    box = page.locator("#duplicates")
    expect(box).to_be_hidden()
    page.locator("#name").press_sequentially(name.upper() + " gmbh")
    expect(box).to_be_visible()
    expect(box.locator("li").first).to_contain_text(name)
    page.fill("#name", unique("Ganzanders"))
    expect(box).to_be_hidden()
    page.fill("#communications-0-value", "+41 41 870 22 33")
    expect(box.locator("li").first).to_contain_text(name)


def test_two_that_are_one_are_merged(wide):
    page, name = wide.goto("/c/1/contacts/add/"), unique("Zimmerei")
    add(page, name, "041 870 33 44")
    keep = page.url
    page.goto(wide.site.url + "/c/1/contacts/add/")
    add(page, name + " AG", "041 870 33 45")
    gone = page.url
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(gone + "merge/")
    row = page.locator("tr", has=page.get_by_role("link", name=name, exact=True))
    row.locator("button").click()
    page.wait_for_url(keep)
    expect(page.locator('.reaches a[href="tel:+41418703345"]')).to_be_visible()
    page.goto(gone)
    assert page.url == keep


def test_the_list_follows_what_is_typed(wide):
    page = wide.goto("/c/1/contacts/")
    page.locator("#q").press_sequentially("rochat", delay=30)
    expect(page.locator("#contact-list tbody tr")).to_have_count(2)
    page.fill("#q", "021 799 00 03")
    expect(page.locator("#contact-list tbody tr")).to_have_count(1)
    expect(page.locator("#contact-list tbody")).to_contain_text("Boulangerie Rochat")


def test_the_palette_finds_contacts(wide):
    page = wide.goto("/c/1/")
    page.keyboard.press("Control+k")
    page.keyboard.type("seeblick")
    page.wait_for_selector("dialog.palette li a")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/contacts/\d+/$"))


def test_a_field_finds_a_contact_by_name_and_takes_its_number(wide):
    page, name = wide.goto("/c/1/contacts/add/"), unique("Schlosserei")
    add(page, name)
    page.locator("details:has(#person-number) summary").click()
    field = page.locator("#person-number")
    field.press_sequentially("kell", delay=30)
    option = page.locator(".combo-list li").first
    expect(option).to_contain_text("Beat Keller")
    page.keyboard.press("Enter")
    expect(field).to_have_value(re.compile(r"^\d+$"))
    page.fill("#person-function", "Werkstatt")
    field.press("Enter")
    expect(page.locator(".persons li").first).to_contain_text("Beat Keller")


def test_a_number_is_proposed_and_can_be_chosen(wide):
    page, name = wide.goto("/c/1/contacts/add/"), unique("Malerei")
    expect(page.locator("#number")).to_have_value(re.compile(r"^\d+$"))
    page.fill("#number", "1001")
    page.locator("#name").press_sequentially(name)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#number")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#number")).to_have_value("1001")


def test_a_phone_calls_and_nothing_is_wider_than_it(opened):
    watched = opened(NARROW)
    page = watched.goto("/c/1/contacts/?q=brunner")
    page.get_by_role("link", name=re.compile("Sägerei Brunner")).click()
    call = page.locator(".head a.call").first
    expect(call).to_have_attribute("href", "tel:+41418700001")
    assert call.bounding_box()["height"] >= 40
    page.fill("#note-text", "Rückruf vereinbart")
    page.click("#add-note")
    expect(page.locator(".activity-list li").first).to_contain_text("Rückruf vereinbart")
    for path in (page.url, watched.site.url + "/c/1/contacts/", page.url + "edit/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
