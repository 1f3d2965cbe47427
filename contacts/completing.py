"""What a row of a file makes of a contact that is there (Adresse ergänzen): values, no questions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contacts.drafting import Draft
from contacts.writing import SETS


def completed(told: Mapping[str, Any], there: Draft) -> dict[str, Any]:
    """The values for the act: the file's take the place of the main address and the first numbers.

    Other addresses and numbers stay, and so do bank accounts; an account that is not there is added.
    """
    whole = dict(told)
    if "addresses" in told:
        new = told["addresses"][0]
        rows = [_as_row("addresses", one) for one in there.addresses or ()]
        main = next((row for row in rows if row["kind"] == "main" and not row["valid_to"]), None)
        first = (main or {}) | new | {"canton": "", "bfs_nr": None}
        whole["addresses"] = [first, *(row for row in rows if row is not main)]
    if "communications" in told:
        rows = [_as_row("communications", one) for one in there.communications or ()]
        for new in told["communications"]:
            known = next((row for row in rows if row["kind"] == new["kind"]), None)
            if known is None:
                rows.append(dict(new))
            else:
                known |= {"value": new["value"], "extension": new.get("extension", "")}
        whole["communications"] = rows
    if "bank_accounts" in told:
        rows = [_as_row("bank_accounts", one) for one in there.bank_accounts or ()]
        iban = told["bank_accounts"][0]["iban"].replace(" ", "").upper()
        if all(row["iban"] != iban for row in rows):
            rows.append({"iban": told["bank_accounts"][0]["iban"]})
        whole["bank_accounts"] = rows
    return whole


def _as_row(name: str, one: Any) -> dict[str, Any]:
    _model, fields = SETS[name]
    return {"id": one.pk, **{field: getattr(one, field) for field in fields}}
