"""Names are of one line, and look like what they are."""

from __future__ import annotations

import pytest
from django.utils import translation

from erp.access.permissions import READY_ROLES
from erp.access.users import create_user
from erp.cockpit.members import change_company
from erp.cockpit.roles import RoleNameTaken, make_role
from erp.core.texts import LineTooLong, NotOneLine, one_line
from tests.erp.access.people import own_role
from tests.erp.client import problem


@pytest.mark.parametrize(("text", "kept"), [
    ("  Lager  Süd ", "Lager Süd"),
    ("Lager\u00a0Süd", "Lager Süd"),
    ("Su\u0308d", "Süd"),
    ("", ""),
    ("\n Lager\n", "Lager"),  # ends are cut, as forms do
    ("日本", "日本"),
    ("O’Neil & Söhne – «Züri»", "O’Neil & Söhne – «Züri»"),
])  # fmt: skip
def test_a_line_is_kept_tidy(text, kept):
    assert one_line(text, field="name") == kept


@pytest.mark.parametrize("unseen", ["\n", "\r", "\t", "\x00", "\x1b", "\x7f", "\u200b", "\u200d",
                                    "\u202e", "\u2028", "\u2029", "\ufeff", "\u00ad"])  # fmt: skip
def test_what_nobody_sees_is_refused_by_name(unseen):
    with pytest.raises(NotOneLine) as refusal:
        one_line(f"Own{unseen}er", field="name")
    assert refusal.value.place == "name"
    assert refusal.value.values == {"text": "Own·er", "character": f"U+{ord(unseen):04X}"}
    assert unseen not in str(refusal.value)


def test_only_plain_lines_lose_their_dress():
    assert one_line("Ｏｗｎｅｒ", field="name", plain=True) == "Owner"
    assert one_line("m²", field="name") == "m²"
    with pytest.raises(LineTooLong):
        one_line("\ufdfa" * 4, field="name", plain=True, most=60)  # 18 letters each


def test_no_role_is_called_like_a_ready_made_one_in_any_language(company):
    names = set()
    for language in ("de", "fr", "it", "en"):
        with translation.override(language):
            names |= {str(ready.name) for ready in READY_ROLES}
    assert "Owner" in names and len(names) > 2 * len(READY_ROLES)
    for taken in {*names, "Ｏｗｎｅｒ"}:
        with pytest.raises(RoleNameTaken):
            own_role(company, taken.upper())
    with pytest.raises(NotOneLine):
        own_role(company, "Own\u200ber")


def test_no_two_roles_look_alike(company, anna):
    own_role(company, "Lager Straße")
    for name in ("lager straße", "LAGER STRASSE", "Lager\u2003Straße", "Ｌager Straße"):
        with pytest.raises(RoleNameTaken):
            make_role(company=company, name=name, permissions=[], by=anna)


def test_endpoints_say_which_name_is_wrong(api, company, anna):
    answer = api.post("roles/", {"name": "La\u200bger", "permissions": []})
    assert problem(answer, 422, "core.not_one_line")["errors"][0]["field"] == "name"
    _told, version = api.read("")
    answer = api.patch("", {"town": "Bern\nThun"}, **version)
    assert problem(answer, 422, "core.not_one_line")["errors"][0]["field"] == "town"


def test_companies_and_people_have_names_of_one_line(company, anna):
    with pytest.raises(NotOneLine):
        change_company(company, by=anna, name="Muster\r\nBcc: x")
    assert change_company(company, by=anna, name=" Muster  AG ").name == "Muster AG"
    with pytest.raises(NotOneLine):
        create_user(email="x@example.ch", password="vier-Kamele-am-Waldrand", name="Bea\nNeu")
