"""Operations of the API in place of the pages of payroll."""

from __future__ import annotations

from typing import Final

from erp.api.counterparts.rows import of

PAYROLL: Final = of(
    ("wage-types", "GET wage-types/, POST wage-types/add-shipped/"),
    ("wage-type-add", "POST wage-types/"),
    ("wage-type", "GET wage-types/{}/, GET wage-types/{}/explained/, PATCH wage-types/{}/, DELETE wage-types/{}/, "
                  "POST wage-types/{}/reset/"),
    ("payroll-runs", "GET payroll-runs/, POST payroll-runs/"),
    ("payroll-run", "GET payroll-runs/{}/, POST payroll-runs/{}/calculate/, POST payroll-runs/{}/days/, "
                    "POST payroll-runs/{}/reopen/, POST payroll-runs/{}/cancel/, "
                    "POST payroll-runs/{}/correct/, POST payroll-runs/{}/slips/"),
    ("payroll-approve", "POST payroll-runs/{}/approve/"),
    ("payroll-post", "POST payroll-runs/{}/post/"),
    ("payroll-undo", "POST payroll-runs/{}/undo/"),
    ("payroll-pay", "POST payroll-runs/{}/pay/"),
    ("payroll-recall", "POST payroll-runs/{}/recall/"),
    ("payroll-recap", "GET payroll-runs/{}/recap/"),
    ("payroll-recap-file", "GET payroll-runs/{}/recap/"),
    ("payroll-slips", "GET payroll-runs/{}/papers/all/"),
    ("payroll-slips-zip", "GET payroll-runs/{}/papers/zip/"),
    ("payroll-deliveries", "GET wage-deliveries/, POST wage-deliveries/, POST wage-deliveries/again/"),
    ("payroll-slips-print", "GET payroll-runs/{}/papers/print/"),
    ("payroll-order", "GET payroll-runs/{}/orders/{}/"),
    ("payslip", "GET payslips/{}/, POST payslips/{}/calculate/"),
    ("payslip-pdf", "GET payslips/{}/pdf/"),
    ("movements", "GET movements/, POST movements/cells/, POST movements/copy/"),
    ("movements-import", "POST movement-imports/"),
    ("movements-person", "GET movements/, POST movements/"),
    ("net-to-gross", "POST payroll/net-to-gross/"),
    ("net-to-gross-wage", "POST payroll/net-to-gross/wage/"),
    ("net-to-gross-movement", "POST payroll/net-to-gross/movement/"),
    ("payroll-start", "GET payroll-readiness/"),
    ("payroll-settings", "GET payroll-settings/, POST payroll-settings/change/"),
    ("payroll-accounts", "GET payroll-accounts/"),
    ("institutions", "GET institutions/, POST institutions/copy-rates/"),
    ("institution-add", "POST institutions/"),
    ("institution", "GET institutions/{}/, PATCH institutions/{}/, DELETE institutions/{}/"),
    ("solution-add", "POST insurance-solutions/"),
    ("solution", "GET insurance-solutions/{}/, PATCH insurance-solutions/{}/, "
                 "DELETE insurance-solutions/{}/"),
    ("payroll-figures", "GET payroll/figures/, GET payroll/figures/family-allowances/, "
                        "GET payroll/figures/cantonal-contributions/, POST payroll/own-figures/, "
                        "DELETE payroll/own-figures/{}/"),
    ("payroll-tariffs", "GET payroll/tariffs/, GET payroll/tariffs/look-up/"),
    ("employees", "GET employees/"),
    ("employee-add", "POST employees/"),
    ("employees-due", "GET employees/due/, GET employees/{}/findings/"),
    ("employee-export", "GET employees/"),
    ("employee-import", "POST employee-imports/"),
    ("employee-import-report", "GET employee-imports/{}/"),
    ("employee-file", "GET employee-files/{}/file/"),
    ("employee-files", "GET employee-files/, POST employee-files/, DELETE employee-files/{}/"),
    ("employee-leave", "GET employee-leave/, GET employees/{}/balances/, POST employee-leave/, "
                       "DELETE employee-leave/{}/"),
    ("employee", "GET employees/{}/, GET employee-facts/, GET employees/{}/findings/"),
    ("employee-edit", "PATCH employees/{}/, DELETE employees/{}/"),
    ("employee-employments", "POST employees/{}/leave/, POST employees/{}/return/, "
                             "GET employments/{}/, PATCH employments/{}/"),
    ("employee-fact-add", "POST employee-facts/"),
    ("employee-fact", "GET employee-facts/{}/, PATCH employee-facts/{}/, DELETE employee-facts/{}/"),
    ("employee-payout-add", "POST employee-facts/"),
    ("employee-payout", "GET employee-facts/{}/, PATCH employee-facts/{}/, DELETE employee-facts/{}/"),
)  # fmt: skip

WAGE_PAPERS: Final = of(
    ("payroll-year-home", "GET payroll/years/"),
    ("payroll-year-settings", "GET payroll/declaration-settings/, PATCH payroll/declaration-settings/"),
    ("payroll-year", "GET payroll/years/{}/, POST payroll/years/{}/certificates/"),
    ("payroll-certificates", "GET payroll/years/{}/papers/all/"),
    ("payroll-certificates-zip", "GET payroll/years/{}/papers/zip/"),
    ("payroll-year-deliveries", "GET wage-deliveries/, POST wage-deliveries/, "
                                "POST wage-deliveries/again/"),
    ("payroll-certificates-print", "GET payroll/years/{}/papers/print/"),
    ("payroll-certificate", "GET payroll/years/{}/, GET payroll/years/{}/people/{}/notes/, "
                            "PUT payroll/years/{}/people/{}/notes/"),
    ("payroll-certificate-issue", "POST payroll/years/{}/people/{}/issue/"),
    ("payroll-certificate-preview", "GET payroll/years/{}/people/{}/preview/"),
    ("payroll-certificate-paper", "GET payroll/years/{}/certificates/{}/pdf/"),
    ("wage-account", "GET payroll/years/{}/accounts/{}/"),
    ("wage-account-file", "GET payroll/years/{}/accounts/{}/"),
    ("payroll-year-recap", "GET payroll/years/{}/recap/"),
    ("payroll-year-recap-file", "GET payroll/years/{}/recap/"),
    ("payroll-list", "GET payroll/years/{}/lists/{}/"),
    ("payroll-list-file", "GET payroll/years/{}/lists/{}/"),
    ("payroll-accruals", "POST payroll/years/{}/accruals/, POST payroll/years/{}/accruals/undo/"),
    ("payroll-reconciliation", "GET payroll/years/{}/reconciliation/"),
    ("payroll-reconciliation-file", "GET payroll/years/{}/reconciliation/"),
    ("payroll-elm", "GET payroll/years/{}/elm/"),
    ("payroll-elm-survey", "GET payroll/years/{}/survey/{}/"),
    ("payroll-elm-tax", "GET payroll/years/{}/elm-tax/{}/"),
    ("payroll-tax-settlements", "GET payroll/tax-settlements/, GET payroll/tax-settlements/open/{}/"),
    ("payroll-tax-settlement-new", "GET payroll/tax-settlements/open/{}/, POST payroll/tax-settlements/"),
    ("payroll-tax-settlement", "GET payroll/tax-settlements/{}/, POST payroll/tax-settlements/{}/undo/"),
    ("payroll-tax-settlement-file", "GET payroll/tax-settlements/{}/"),
    ("payroll-delivery", "GET wage-delivery/, PATCH wage-delivery/{}/, GET wage-delivery-settings/, "
                         "POST wage-delivery-settings/change/"),
    ("payroll-delivery-link", "POST wage-delivery/{}/link/, POST wage-delivery/{}/unlink/"),
    ("my-wage", "GET my-wages/, GET my-wage-certificates/, GET my-leave/"),
    ("my-slip", "GET my-wages/{}/pdf/"),
    ("my-certificate", "GET my-wage-certificates/{}/pdf/"),
    # Expenses
    ("expenses", "GET my-expenses/"),
    ("expense-new", "GET my-expenses/kinds/, POST my-expenses/"),
    ("expense", "GET my-expenses/{}/, POST my-expenses/{}/submit/, POST my-expenses/{}/withdraw/, "
     "DELETE my-expenses/{}/"),
    ("expense-edit", "PUT my-expenses/{}/, POST my-expenses/{}/lines/{}/receipt/"),
    ("expense-receipt", "GET my-expenses/{}/lines/{}/receipt/, "
                        "GET my-expenses/{}/lines/{}/receipt/picture/"),
    ("expense-claims", "GET expense-claims/"),
    ("expense-claim", "GET expense-claims/{}/, POST expense-claims/{}/approve/, "
     "POST expense-claims/{}/reject/"),
    ("expense-claim-book", "POST expense-claims/{}/book/, POST expense-claims/{}/pay-with-wage/, "
     "POST expense-claims/{}/take-back/"),
    ("expense-claim-receipt", "GET expense-claims/{}/lines/{}/receipt/, "
                              "GET expense-claims/{}/lines/{}/receipt/picture/"),
    ("expense-kinds", "GET expense-kinds/, POST expense-kinds/"),
    ("expense-kind", "GET expense-kinds/{}/, PATCH expense-kinds/{}/, DELETE expense-kinds/{}/, "
     "GET expense-rates/, POST expense-rates/, DELETE expense-rates/{}/"),
)  # fmt: skip
