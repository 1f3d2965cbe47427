"""Import endpoints: a look that is the import, every bad row told, all or nothing."""

from __future__ import annotations

import json

import pytest

from accounting.ledger.models import Account, JournalEntry
from tests import make
from tests.erp.client import Api, new_key, places, problem

JOURNAL = """Datum;Buchungstext;Soll;Haben;Betrag;Beleg;MWST-Code
31.03.2026;Büromaterial;6500;1020;108.10;B-1;IN
1.4.2026;Miete;6000;1020;2'000.00;;
""".encode()
BAD = """Datum;Buchungstext;Soll;Haben;Betrag
31.03.2026;gut;6000;1020;5.00
gestern;schlecht;6000;1020;5.00
31.03.2026;schlecht;6000;9998;5.00
31.03.2026;schlecht;6000;1020;fünf
""".encode()
ACCOUNTS = b"number,name_de,type\n1021,Bank zwei,asset\n1000,Ladenkasse,asset\n"
BAD_ACCOUNTS = (
    b"number,name_de,type\n1021,Gut,asset\n1022,,asset\n1023,Schlecht,rich\n1021,Zwei,asset\n"
)


def test_a_journal_is_looked_at_and_then_posted_as_it_was_shown(api, company):
    looks = [
        api.upload("journal-imports/", JOURNAL, name="j.csv", dry_run="true"),
        api.upload("journal-imports/?dry_run=true", JOURNAL, name="j.csv"),
    ]
    for look in looks:
        assert look.status_code == 200, look.json()
        assert not JournalEntry.of(company).exists()
    told = looks[0].json()
    assert {n: told[n] for n in ("dry_run", "rows", "entries", "total", "warnings")} == {
        "dry_run": True, "rows": 2, "entries": 2, "total": "2108.10", "warnings": []
    }  # fmt: skip
    assert told["first"][0] == {
        "date": "2026-03-31", "text": "Büromaterial", "voucher": "B-1", "kind": "normal",
        "lines": [
            {"account": number, "debit": debit, "credit": credit, "text": "", "vat_code": code,
             "cost_centre": None, "cost_object": None}
            for number, debit, credit, code in (
                ("6500", "100.00", "0.00", "IN"), ("1171", "8.10", "0.00", "IN"),
                ("1020", "0.00", "108.10", None),
            )
        ],
    }  # fmt: skip
    key = new_key()
    done, again = (api.upload("journal-imports/", JOURNAL, name="j.csv", key=key) for _ in range(2))
    assert done.status_code == again.status_code == 201
    assert done.json() == again.json() == {**told, "dry_run": False}
    assert again["Idempotency-Replayed"] == "true"
    posted = api.get("journal-entries/").json()["results"]
    assert [(e["text"], e["voucher"], e["source"]) for e in posted] == [
        ("Büromaterial", "B-1", "import"), ("Miete", "", "import")
    ]  # fmt: skip
    second = api.upload("journal-imports/", JOURNAL, dry_run="true").json()
    assert len(second["warnings"]) == 1 and second["entries"] == 2
    problem(api.upload("journal-imports/", JOURNAL + b"1.4.2026;x;6000;1020;1.00\n", key=key), 422,
            "api.idempotency_key_reused")  # fmt: skip


@pytest.mark.parametrize("dry_run", ["true", "false"])
def test_every_bad_row_of_a_journal_is_told_and_nothing_posted(api, company, dry_run):
    answer = api.upload("journal-imports/", BAD, key=new_key(), dry_run=dry_run)
    told = problem(answer, 422, "refused")
    rows = [(e["code"], e["values"]["row"], e["values"]["column"]) for e in told["errors"]]
    assert rows == [("import.bad_row", "3", "datum"), ("import.bad_row", "4", "haben"),
                    ("import.bad_row", "5", "betrag")]  # fmt: skip
    assert told["errors"][2]["values"]["value"] == "fünf"
    assert not JournalEntry.of(company).exists()


def test_columns_that_are_called_otherwise_are_named(api, company):
    content = b"Wann;Was;S;H;CHF;Datum\n2026-03-31;Miete;6000;1020;5.00;x\n"
    told = problem(api.upload("journal-imports/", content, dry_run="true"), 422)
    assert told["code"] == "import.column_missing" and "wann" in told["detail"]
    columns = json.dumps({"date": "Wann", "text": "Was", "debit": "S", "credit": "H",
                          "amount": "CHF"})  # fmt: skip
    look = api.upload("journal-imports/", content, dry_run="true", columns=columns)
    assert look.json()["total"] == "5.00"
    assert (
        api.upload("journal-imports/", content, key=new_key(), columns=columns).status_code == 201
    )
    for wrong in ("Wann", "[]", '{"date": 1}', '{"when": "Wann"}', "[" * 3000):
        answer = api.upload("journal-imports/", content, key=new_key(), columns=wrong)
        assert places(problem(answer, 400))[0][0] == "columns", wrong
    assert JournalEntry.of(company).count() == 1


def test_a_request_that_is_not_understood_imports_nothing(api, company):
    for path, content in (("journal-imports/", JOURNAL), ("account-imports/", ACCOUNTS)):
        before = api.get("accounts/").json()
        told = problem(api.upload(path, content), 400)  # no key
        assert places(told)[0][0] == "Idempotency-Key"
        told = problem(api.upload(path, content, key=new_key(), dryrun="true"), 400)
        assert places(told) == [("dryrun", "unknown")]
        problem(api.upload(path, content, key=new_key(), dry_run="perhaps"), 400)
        problem(api.upload(f"{path}?dry_run=perhaps", content, key=new_key()), 400)
        problem(api.upload(path, b"", key=new_key()), 400)
        problem(api.upload(path, b"a\x00b", key=new_key()), 422, "import.unreadable_file")
        problem(api.post(path, {"file": "x"}, key=new_key()), 415)
        problem(api.get(path), 405)
        assert api.get("accounts/").json() == before and not JournalEntry.of(company).exists()


def test_accounts_are_looked_at_and_then_taken_in_as_they_were_shown(api, company):
    old = make.account(company, "1000").name_de
    look = api.upload("account-imports/", ACCOUNTS, dry_run="true")
    told = look.json()
    assert look.status_code == 200 and told["dry_run"]
    assert told["new"] == [{"number": "1021", "type": "asset", "name_de": "Bank zwei"}]
    assert told["changed"] == [{"number": "1000", "changes": {"name_de": [old, "Ladenkasse"]}}]
    assert not Account.of(company).filter(number="1021").exists()
    key = new_key()
    done, again = (api.upload("account-imports/", ACCOUNTS, key=key) for _ in range(2))
    assert done.status_code == again.status_code == 201
    assert done.json() == again.json() == {**told, "dry_run": False}
    assert make.account(company, "1000").name_de == "Ladenkasse"
    assert make.account(company, "1021").name_de == "Bank zwei"


@pytest.mark.parametrize("dry_run", ["true", "false"])
def test_every_bad_account_is_told_and_none_taken_in(api, company, dry_run):
    answer = api.upload("account-imports/", BAD_ACCOUNTS, key=new_key(), dry_run=dry_run)
    told = problem(answer, 422, "refused")
    rows = [(e["code"], e["values"]["row"]) for e in told["errors"]]
    assert rows == [("import.bad_row", "3"), ("import.bad_row", "4"), ("import.bad_row", "5")]
    assert not Account.of(company).filter(number__in=["1021", "1022", "1023"]).exists()


def test_a_large_file_shows_its_first_entries_only(api, company):
    rows = "".join(f"2026-03-31;Nr. {n};6000;1020;1.00\n" for n in range(60))
    content = ("date;text;debit;credit;amount\n" + rows).encode()
    done = api.upload("journal-imports/", content, key=new_key()).json()
    assert (done["entries"], len(done["first"])) == (60, 50)
    assert JournalEntry.of(company).count() == 60


def test_imports_need_their_right(company):
    bea = make.user(company=company, granted=["ledger.read", "ledger.post"])
    for dry_run in ("true", "false"):
        for path in ("journal-imports/", "account-imports/"):
            problem(
                Api(company, bea).upload(path, JOURNAL, key=new_key(), dry_run=dry_run), 403
            )  # fmt: skip
    cleo = make.user(company=company, granted=["ledger.import"])
    assert Api(company, cleo).upload("journal-imports/", JOURNAL, key=new_key()).status_code == 201
