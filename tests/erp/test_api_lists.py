"""Which lists are answered whole, and why: all others are pages."""

from __future__ import annotations

import pytest
from django.test import Client

SETTINGS = "as many as somebody has set up by hand, and one wants all of them to choose from"
BY_LAW = "as many as the law or an office has made: rates, figures, countries"
BY_TIME = "a few each year, or one for each month or day of the span that is asked for"
OF_ONE = "the parts of one thing that the address names, or of one person's year"
CAPPED = "the best matches of what is typed: a few, as the endpoint says"
STAFF = "as many as there are people, firms or roles of one's own, or requests by them"

BARE = {
    SETTINGS: {
        "accounts_list", "bank_accounts_list", "bank_rules_list", "budgets_list", "cash_books_list",
        "cash_books_balances_list", "contact_groups_list", "cost_centres_list", "cost_objects_list",
        "document_texts_list", "dunning_procedures_list", "firms_checklist_templates_list",
        "firms_mandate_templates_list", "institutions_list", "insurance_solutions_list", "layouts_list",
        "mail_texts_list", "my_expenses_kinds_list", "number_ranges_list", "open_items_control_list",
        "open_items_residue_limits_list", "own_fields_list", "payment_terms_list",
        "payroll_own_figures_list", "payroll_readiness_list", "procedure_texts_list", "vat_activities_list",
        "valuation_rules_list",
        "vat_activity_accounts_list", "vat_code_table_list", "vat_codes_list", "vat_settings_list",
    },
    BY_LAW: {
        "payroll_figures_cantonal_contributions_list", "payroll_figures_family_allowances_list",
        "payroll_tariffs_list", "reference_countries_list", "reference_currencies_list",
        "reference_holidays_list", "reference_sources_list", "vat_code_table_example_list",
    },
    BY_TIME: {
        "budgets_accounts_list", "cash_books_sums_list", "fiscal_years_list",
        "payroll_tax_settlements_open_list", "payroll_years_list",
        "purchase_reports_turnover_by_month_list", "sales_reports_turnover_by_month_list",
        "vat_instalments_list", "vat_returns_list",
    },
    OF_ONE: {
        "bank_transactions_matches_list", "bank_transactions_suggestions_list",
        "employees_balances_list", "employees_findings_list", "journal_entries_vouchers_list",
        "my_leave_list", "payment_runs_reports_list", "payroll_years_accounts_list",
        "payroll_years_recap_list", "year_end_checks_list", "year_end_closings_list",
        "year_end_notes_list",
    },
    CAPPED: {
        "bank_transactions_items_list", "contact_duplicates_list", "contact_lookup_list",
        "reference_localities_list",
    },
    STAFF: {"firms_list", "members_by_mandate_list", "recoveries_list", "roles_list"},
}  # fmt: skip

#: Objects with a list in them that is told whole, at addresses that name no single thing.
WHOLE = {
    "accounts_sheet_retrieve": "one account's span: 1000 lines, and whether that was all",
    "assets_table_list": "one report: by category and asset, with sums that make sense of all of it alone",
    "dunning_plan_list": "what dunning would do now: one decides over all of it",
    "installation_health_retrieve": "one state of the whole: a finding for each thing that is looked at",
    "liquidity_list": "columns of a forecast, by the span",
    "me_devices_retrieve": "where one person is signed in",
    "payment_proposal_list": "what a payment run would take along: one decides over all of it",
    "payroll_accounts_list": "settings: which wage type goes to which account",
    "payroll_figures_list": "by law: the figures of a year",
    "permissions_retrieve": "the rights there are",
    "reports_balance_sheet_retrieve": "as long as the chart of accounts",
    "reports_costs_retrieve": "as long as the list of cost centres",
    "reports_income_statement_retrieve": "as long as the chart of accounts",
    "reports_trial_balance_retrieve": "as long as the chart of accounts",
    "setup_retrieve": "the steps there are",
    "security_read": "a page of warnings, each with the last ones",
    "vat_reconciliation_list": "a proposal for each rate",
    "vat_settings_preview_retrieve": "what a change of method would bring, by account",
    "vat_what_if_list": "as long as the chart of accounts",
}


@pytest.fixture(scope="module")
def document():
    return Client().get("/api/v1/openapi.json").json()


def shapes(document):
    """Every reading by the name of its operation: what it answers in JSON, and its parameters."""
    for path, methods in document["paths"].items():
        told = methods.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        schema = told.get("application/json", {}).get("schema", {})
        names = {one["name"] for one in methods.get("get", {}).get("parameters", ())}
        for one in schema.get("anyOf", [schema]):
            yield methods.get("get", {}).get("operationId"), path, resolved(document, one), names


def resolved(document, schema):
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    (alone,) = schema["allOf"] if len(schema.get("allOf", ())) == 1 else (schema,)
    return alone if alone is schema else resolved(document, alone)


def test_every_bare_list_says_why_it_is_one(document):
    found = {name for name, _path, shape, _ in shapes(document) if shape.get("type") == "array"}
    told = [name for names in BARE.values() for name in names]
    assert len(told) == len(set(told))
    assert found == set(told), "make it a page, or say above why it stays short"


def test_every_list_within_an_object_is_a_page_or_says_why_it_is_whole(document):
    found = set()
    for name, path, shape, _names in shapes(document):
        parts = shape.get("properties", {})
        lists = [k for k, v in parts.items() if resolved(document, v).get("type") == "array"]
        names_one = path.endswith("}/") or "{id}" in path or "/clients/{company}/" in path
        if lists and "results" not in parts and not names_one:
            found.add(name)
    assert found == set(WHOLE), "make it a page, or say above why it is told whole"


def test_every_page_is_asked_for_in_the_same_way(document):
    pages = 0
    for name, _path, shape, names in shapes(document):
        parts = shape.get("properties", {})
        if {"results", "next"} <= set(parts):
            pages += 1
            assert {"next", "previous"} <= set(parts), name
            assert {"cursor", "page_size", "fields"} <= names, name
    assert pages > 60
