"""Operations of the API in place of the pages of accounting and VAT."""

from __future__ import annotations

from typing import Final

from erp.api.counterparts.rows import of

LEDGER: Final = of(
    ("entry-post", "POST journal-entries/, POST drafts/, GET exchange-rate/"),
    ("journal", "GET journal-entries/, POST journal-exports/"),
    ("drafts", "GET drafts/, POST drafts/{}/post/"),
    ("journal-import", "POST journal-imports/"),
    ("entry", "GET journal-entries/{}/, GET journal-entries/{}/vouchers/, "
              "POST journal-entries/{}/vouchers/"),
    ("entry-reverse", "POST journal-entries/{}/reverse/"),
    ("entry-draft", "PATCH drafts/{}/, DELETE drafts/{}/, POST drafts/{}/post/"),
    ("voucher", "GET vouchers/{}/"),
    ("accounts", "GET accounts/"),
    ("account-add", "POST accounts/"),
    ("account-import", "POST account-imports/"),
    ("account-sheet", "GET accounts/{}/sheet/"),
    ("account-edit", "GET accounts/{}/, PATCH accounts/{}/, DELETE accounts/{}/"),
    ("fiscal-years", "GET fiscal-years/, POST fiscal-years/, DELETE fiscal-years/{}/"),
    ("period-lock", "PATCH periods/{}/"),
    ("year-ends", "GET year-end/"),
    ("year-end", "GET year-end/{}/, GET year-end/{}/checks/, GET year-end/{}/closings/, "
                 "GET year-end/{}/changes/"),
    ("year-close", "POST year-end/{}/close/"),
    ("year-reopen", "POST year-end/{}/reopen/"),
    ("year-check", "GET year-end/{}/checks/{}/, POST year-end/{}/checks/{}/, "
                   "DELETE year-end/{}/checks/{}/"),
    ("annual-report", "GET year-end/{}/report/"),
    ("year-accruals", "GET year-accruals/, POST year-accruals/, GET year-accruals/{}/, "
                      "POST year-accruals/{}/undo/"),
    ("appropriation", "GET year-end/{}/appropriation/, POST year-end/{}/appropriation/, "
                      "DELETE year-end/{}/appropriation/"),
    ("annual-notes", "GET year-end/{}/notes/, PATCH year-end/{}/notes/"),
    ("procedure", "GET procedure-documentation/, GET procedure-documentation/{}/, "
                  "POST procedure-documentation/{}/keep/"),
    ("procedure-pdf", "GET procedure-documentation/{}/report/"),
    ("procedure-file", "GET procedure-documentation/kept/{}/"),
    ("procedure-texts", "GET procedure-texts/, GET procedure-texts/{}/, PATCH procedure-texts/{}/"),
    ("year-archives", "GET year-archives/, POST year-archives/"),
    ("year-archive", "GET year-archives/{}/file/"),
    ("cost-centres", "GET cost-centres/, POST cost-centres/, PATCH cost-centres/{}/, "
                     "GET cost-objects/, POST cost-objects/, PATCH cost-objects/{}/"),
    ("recurring", "GET entry-templates/, GET entry-templates/due/, POST entry-templates/{}/book/"),
    ("recurring-add", "POST entry-templates/"),
    ("recurring-template", "GET entry-templates/{}/, PATCH entry-templates/{}/, "
                           "DELETE entry-templates/{}/, POST entry-templates/{}/skip/"),
    ("balance-sheet", "GET reports/balance-sheet/"),
    ("income-statement", "GET reports/income-statement/"),
    ("trial-balance", "GET reports/trial-balance/"),
    ("cost-report", "GET reports/costs/"),
    ("cost-object-report", "GET reports/costs/objects/{}/"),
    ("budgets", "GET budgets/, POST budgets/"),
    ("budget", "GET budgets/{}/sheet/, GET budgets/{}/amounts/, PUT budgets/{}/amounts/, "
               "PATCH budgets/{}/, DELETE budgets/{}/"),
    ("budget-comparison", "GET budgets/{}/comparison/, PATCH budgets/{}/"),
    ("budget-import", "POST budgets/{}/imports/"),
    ("budget-account", "GET budgets/{}/accounts/{}/, PUT budgets/{}/amounts/"),
    ("liquidity", "GET liquidity/"),
    ("valuations", "GET valuations/, GET valuation-rules/, POST valuation-rules/"),
    ("valuation-proposal", "GET valuations/proposal/, POST valuations/"),
    ("valuation", "GET valuations/{}/, GET valuations/{}/positions/, POST valuations/{}/undo/"),
    ("planned-payments", "GET planned-payments/, POST planned-payments/"),
    ("planned-payment", "GET planned-payments/{}/, PATCH planned-payments/{}/, "
                        "DELETE planned-payments/{}/"),
)  # fmt: skip

OPEN_ITEMS: Final = of(
    ("open-receivables", "GET open-items/"),
    ("aged-receivables", "GET open-items/ageing/"),
    ("due-receivables", "GET open-items/due/"),
    ("pay-receivables", "POST open-items/share/, POST open-items/preview/, POST open-items/settle/"),
    ("open-payables", "GET open-items/"),
    ("aged-payables", "GET open-items/ageing/"),
    ("due-payables", "GET open-items/due/"),
    ("pay-payables", "POST open-items/share/, POST open-items/preview/, POST open-items/settle/"),
    ("open-import", "POST open-item-imports/"),
    ("open-party", "GET open-items/parties/{}/"),
    ("open-control", "GET open-items/control/, GET open-items/residue-limits/, "
                     "POST open-items/residue-limits/"),
    ("open-item", "GET open-items/{}/, POST open-items/settle/"),
    ("open-item-net", "GET open-items/, POST open-items/settle/"),
    ("open-item-undo-take-over", "POST open-items/{}/undo-take-over/"),
    ("settlement-undo", "POST settlements/{}/undo/"),
    ("payment-terms", "GET payment-terms/, POST payment-terms/, PATCH payment-terms/{}/, "
                      "DELETE payment-terms/{}/"),
    ("customer-terms", "GET customer-terms/{}/, POST customer-terms/, PATCH customer-terms/{}/, "
                       "DELETE customer-terms/{}/"),
    ("supplier-terms", "GET supplier-terms/{}/, POST supplier-terms/, PATCH supplier-terms/{}/, "
                       "DELETE supplier-terms/{}/"),
)  # fmt: skip

MONEY: Final = of(
    ("bank-accounts", "GET bank-accounts/, POST bank-accounts/"),
    ("bank-account", "GET bank-accounts/{}/, PATCH bank-accounts/{}/, GET bank-accounts/{}/agreement/"),
    ("bank-state", "GET bank-accounts/{}/state/"),
    ("statements", "GET statements/, POST statements/"),
    ("bank-transactions", "GET bank-transactions/, GET bank-transactions/{}/matches/, "
                          "GET bank-transactions/{}/proposal/"),
    ("bank-book", "POST bank-transactions/{}/book/"),
    ("bank-unbook", "POST bank-transactions/{}/unbook/"),
    ("bank-accept", "POST bank-transactions/{}/accept/"),
    ("bank-items", "GET bank-transactions/{}/items/"),
    ("bank-certain", "POST bank-transactions/accept-certain/"),
    ("reconcile-home", "GET bank-accounts/"),
    ("reconcile", "GET bank-accounts/{}/lines/"),
    ("reconcile-line", "GET bank-transactions/{}/suggestions/, POST bank-transactions/{}/share-out/"),
    ("reconcile-items", "GET bank-transactions/{}/items/"),
    ("reconcile-take", "POST bank-transactions/{}/take/"),
    ("reconcile-undo", "POST bank-transactions/{}/unbook/"),
    ("bank-rules", "GET bank-rules/, POST bank-rules/reorder/"),
    ("bank-rule-new", "POST bank-rules/, GET bank-transactions/{}/suggestions/"),
    ("bank-rule", "GET bank-rules/{}/, PATCH bank-rules/{}/, DELETE bank-rules/{}/, "
                  "GET bank-rules/{}/dry-run/"),
    ("cash-books", "GET cash-books/, GET cash-books/balances/, POST cash-books/"),
    ("cash-book", "GET cash-books/{}/rows/, GET cash-books/{}/sums/, POST cash-books/{}/enter/"),
    ("cash-book-edit", "GET cash-books/{}/, PATCH cash-books/{}/"),
    ("cash-transfer", "POST cash-books/{}/transfer/"),
    ("cash-card", "POST cash-books/{}/settle-card/"),
    ("cash-count", "GET cash-books/{}/counts/, POST cash-books/{}/count/"),
    ("cash-count-file", "GET cash-books/{}/counts/{}/"),
    ("cash-undo", "POST cash-books/{}/undo/"),
    ("cash-receivables", "POST open-items/share/, POST cash-books/{}/settle/"),
    ("cash-payables", "POST open-items/share/, POST cash-books/{}/settle/"),
    ("payments", "GET payment-runs/, GET payee-accounts/"),
    ("payment-new", "GET payment-proposal/, POST payment-runs/"),
    ("payment-run", "GET payment-runs/{}/, GET payment-runs/{}/reports/, "
                    "POST payment-runs/{}/take-out/, POST payment-runs/{}/amount/, "
                    "POST payment-runs/{}/date/, POST payment-runs/{}/reopen/, "
                    "POST payment-runs/{}/cancel/, POST payment-runs/{}/give-back/"),
    ("payment-approve", "POST payment-runs/{}/approve/"),
    ("payment-export", "POST payment-runs/{}/export/"),
    ("payment-file", "GET payment-runs/{}/file/"),
    ("payment-report", "POST payment-runs/report/"),
    ("payment-instruction", "GET payment-instructions/{}/, POST payment-instructions/"),
    ("payees", "GET payee-accounts/, POST payee-accounts/{}/approve/, POST payee-accounts/{}/refuse/"),
    ("payment-journal", "GET payments-journal/"),
    ("payment-settings", "GET payment-settings/, POST payment-settings/"),
)  # fmt: skip

SALES: Final = of(
    ("sales-documents", "GET sales-documents/"),
    ("sales-documents-send", "POST sales-documents/send-many/"),
    ("sales-documents-issue", "POST sales-documents/issue-many/"),
    ("sales-documents-bill", "POST sales-documents/collect/"),
    ("sales-documents-print", "POST sales-documents/print-many/"),
    ("sales-document", "GET sales-documents/{}/, GET sales-documents/{}/around/"),
    ("sales-document-new", "POST sales-documents/, POST sales-documents/{}/copy/"),
    ("sales-document-preview", "POST sales-documents/preview/"),
    ("sales-document-lookup", "GET contact-lookup/, GET products/"),
    ("sales-document-edit", "PUT sales-documents/{}/"),
    ("sales-document-pdf", "GET sales-documents/{}/pdf/"),
    ("sales-document-issue", "POST sales-documents/{}/issue/"),
    ("sales-document-delete", "DELETE sales-documents/{}/"),
    ("sales-document-cancel", "POST sales-documents/{}/cancel/"),
    ("sales-document-decide", "POST sales-documents/{}/decide/"),
    ("sales-document-make", "GET sales-documents/{}/around/, POST sales-documents/{}/derive/, "
                            "POST sales-documents/{}/deposit/, POST sales-documents/{}/credit/"),
    ("sales-document-send", "POST sales-documents/{}/send/"),
    ("recurring-invoices", "GET recurring-invoices/, GET recurring-invoices/due/, "
                           "POST recurring-invoices/run/"),
    ("recurring-invoice-add", "POST recurring-invoices/"),
    ("recurring-invoice", "GET recurring-invoices/{}/, PUT recurring-invoices/{}/, "
                          "DELETE recurring-invoices/{}/, POST recurring-invoices/{}/bill/, "
                          "POST recurring-invoices/{}/skip/"),
    ("products", "GET products/"),
    ("product-add", "POST products/"),
    ("product-import", "POST product-imports/"),
    ("product", "GET products/{}/, PATCH products/{}/, DELETE products/{}/"),
    ("sales-settings", "GET sales-settings/, PATCH sales-settings/"),
    ("sample-invoice", "GET sales-settings/sample/"),
    ("document-texts", "GET document-texts/, PATCH document-texts/{}/{}/, DELETE document-texts/{}/{}/"),
    ("number-ranges", "GET number-ranges/, PATCH number-ranges/{}/"),
    ("sales-turnover", "GET sales-reports/turnover-by-customer/, GET sales-reports/turnover-by-product/, "
                       "GET sales-reports/turnover-by-month/"),
    ("sales-vat-journal", "GET sales-reports/vat-journal/"),
    ("payment-habits", "GET sales-reports/payment-habits/"),
    ("dunning", "GET dunning-plan/, GET dunning-runs/, POST dunning-runs/"),
    ("dunning-run", "GET dunning-runs/{}/, GET dunning-runs/{}/plan/, POST dunning-runs/{}/leave-out/, "
                    "POST dunning-runs/{}/execute/, POST dunning-runs/{}/letters/, "
                    "POST dunning-runs/{}/discard/, POST dunning-runs/{}/cancel/"),
    ("dunning-batch", "GET dunning-runs/{}/print/"),
    ("dunning-draft-letter", "GET dunning-runs/{}/letters/{}/{}/"),
    ("dunning-letter", "GET dunning-letters/{}/, POST dunning-letters/{}/cancel/"),
    ("dunning-letter-pdf", "GET dunning-letters/{}/pdf/"),
    ("item-dunning", "GET dunning-letters/, GET dunning-stops/, POST dunning-stops/, "
                     "POST dunning-stops/{}/lift/"),
    ("customer-dunning", "GET dunning-customers/{}/, PUT dunning-customers/{}/, GET dunning-letters/, "
                         "POST dunning-stops/, POST dunning-stops/{}/lift/"),
    ("dunning-settings", "GET dunning-procedures/, POST dunning-procedures/, "
                         "POST dunning-procedures/set-up/"),
    ("dunning-procedure", "GET dunning-procedures/{}/, PATCH dunning-procedures/{}/, "
                          "DELETE dunning-procedures/{}/, POST dunning-levels/"),
    ("dunning-level", "GET dunning-levels/{}/, PATCH dunning-levels/{}/, DELETE dunning-levels/{}/"),
    ("account-statements", "GET account-statements/, POST account-statements/"),
    ("account-statement", "GET account-statements/{}/pdf/, POST account-statements/{}/send/"),
)  # fmt: skip

PURCHASES: Final = of(
    ("inbox", "GET inbox-documents/, POST inbox-documents/"),
    ("inbox-next", "GET inbox-documents/"),
    ("inbox-document", "GET inbox-documents/{}/, GET inbox-documents/{}/proposal/"),
    ("inbox-contact", "POST inbox-documents/{}/contact/"),
    ("inbox-page", "GET inbox-documents/{}/pages/{}/"),
    ("inbox-file", "GET inbox-documents/{}/file/"),
    ("inbox-set-aside", "POST inbox-documents/{}/set-aside/"),
    ("inbox-bring-back", "POST inbox-documents/{}/bring-back/"),
    ("inbox-read", "POST inbox-documents/{}/read/"),
    ("inbox-capture", "GET inbox-documents/{}/proposal/, POST supplier-invoices/"),
    ("supplier-invoices", "GET supplier-invoices/"),
    ("supplier-invoices-submit", "POST supplier-invoices/submit-many/"),
    ("supplier-invoices-approve", "POST supplier-invoices/approve-many/"),
    ("supplier-invoice-new", "POST supplier-invoices/, POST supplier-invoices/{}/copy/"),
    ("supplier-invoice-preview", "POST supplier-invoices/preview/"),
    ("supplier-invoice-lookup", "GET contact-lookup/, GET accounts/"),
    ("supplier-invoice", "GET supplier-invoices/{}/"),
    ("supplier-invoice-edit", "PUT supplier-invoices/{}/"),
    ("supplier-invoice-credit", "POST supplier-invoices/{}/credit/"),
    ("supplier-invoice-withdraw", "POST supplier-invoices/{}/withdraw/"),
    ("supplier-invoice-delete", "DELETE supplier-invoices/{}/"),
    ("supplier-invoice-approve", "POST supplier-invoices/{}/approve/"),
    ("supplier-invoice-reject", "POST supplier-invoices/{}/reject/"),
    ("supplier-invoice-submit", "POST supplier-invoices/{}/submit/"),
    ("supplier-invoice-post", "POST supplier-invoices/{}/post/"),
    ("supplier-invoice-reverse", "POST supplier-invoices/{}/reverse/"),
    ("accruals", "GET supplier-invoices/accruals/, POST supplier-invoices/release/"),
    ("approval-rules", "GET approval-rules/, POST approval-rules/, PUT approval-rules/{}/, "
                       "DELETE approval-rules/{}/"),
    ("recurring-supplier-invoices", "GET recurring-supplier-invoices/, "
                                    "POST recurring-supplier-invoices/{}/enter/"),
    ("recurring-supplier-invoice-add", "POST recurring-supplier-invoices/"),
    ("recurring-supplier-invoice", "GET recurring-supplier-invoices/{}/, "
                                   "PUT recurring-supplier-invoices/{}/, "
                                   "DELETE recurring-supplier-invoices/{}/, "
                                   "POST recurring-supplier-invoices/{}/skip/"),
    ("purchase-turnover", "GET purchase-reports/turnover-by-supplier/"),
    ("purchase-months", "GET purchase-reports/turnover-by-month/"),
    ("purchase-vat-journal", "GET purchase-reports/vat-journal/"),
)  # fmt: skip

VAT: Final = of(
    ("vat-settings", "GET vat-settings/, GET vat-settings/preview/, POST vat-settings/"),
    ("vat-settings-remove", "DELETE vat-settings/{}/"),
    ("vat-activities", "GET vat-activities/, POST vat-activities/, GET vat-activity-accounts/, "
                       "POST vat-activity-accounts/"),
    ("vat-activity", "GET vat-activities/{}/, PATCH vat-activities/{}/"),
    ("vat-codes", "GET vat-codes/, GET vat-code-table/, POST vat-codes/"),
    ("vat-code", "GET vat-codes/{}/, GET vat-code-table/{}/example/, PATCH vat-codes/{}/"),
    ("vat-returns", "GET vat-returns/, POST vat-returns/, POST vat-returns/filed-elsewhere/, "
                    "GET vat-instalments/"),
    ("vat-office", "GET tax-office/, POST tax-office/"),
    ("vat-instalment", "GET vat-instalments/, POST vat-instalments/, POST vat-instalments/{}/take-back/"),
    ("vat-return", "GET vat-returns/{}/, POST vat-returns/, PATCH vat-returns/{}/, "
                   "DELETE vat-returns/{}/, POST vat-returns/{}/check/, POST vat-returns/{}/settle/, "
                   "POST vat-returns/{}/unsettle/, POST vat-returns/{}/correct/"),
    ("vat-return-file", "POST vat-returns/{}/file/"),
    ("vat-return-xml", "GET vat-returns/{}/xml/"),
    ("vat-return-pdf", "GET vat-returns/{}/pdf/"),
    ("vat-return-journal", "GET vat-returns/{}/journal/, POST vat-returns/{}/print-journal/"),
    ("vat-return-entries", "GET vat-returns/{}/entries/"),
    ("vat-reconciliation", "GET vat-reconciliation/, POST vat-returns/reconcile/"),
    ("vat-what-if", "GET vat-what-if/"),
)  # fmt: skip

ASSETS: Final = of(
    ("assets", "GET assets/"),
    ("asset-new", "POST assets/"),
    ("asset-import", "POST asset-imports/"),
    ("asset-lines", "GET asset-lines/"),
    ("asset-line", "POST assets/from-line/, POST assets/{}/additions/"),
    ("asset", "GET assets/{}/, GET assets/{}/whole/, GET assets/{}/proceeds/, PATCH assets/{}/, "
              "DELETE assets/{}/, POST assets/{}/revalue/, POST assets/{}/transfer/, "
              "POST assets/{}/dispose/, POST assets/{}/sell/, POST assets/{}/undo/, GET asset-vouchers/, "
              "GET asset-vouchers/{}/, POST asset-vouchers/, DELETE asset-vouchers/{}/"),
    ("asset-voucher", "GET asset-vouchers/{}/file/, GET asset-vouchers/{}/picture/"),
    ("asset-categories", "GET asset-categories/, POST asset-categories/, "
                         "POST asset-categories/defaults/, GET asset-categories/ceilings/"),
    ("asset-category", "GET asset-categories/{}/, PATCH asset-categories/{}/, "
                       "POST asset-categories/{}/rules/, DELETE asset-categories/{}/rules/{}/"),
    ("asset-runs", "GET depreciation-runs/, GET depreciation-runs/proposal/, POST depreciation-runs/"),
    ("asset-run", "GET depreciation-runs/{}/, GET depreciation-runs/{}/rows/, "
                  "POST depreciation-runs/{}/reverse/"),
    ("assets-table", "GET assets-table/"),
)  # fmt: skip

HOURS: Final = of(
    ("hours", "GET my-hours/, GET my-projects/, POST my-hours/, PATCH my-hours/{}/, DELETE my-hours/{}/"),
    ("hours-list", "GET hour-entries/, POST hour-entries/approve/, POST hour-entries/reopen/"),
    ("hours-person", "GET hour-entries/, POST hour-entries/, PATCH hour-entries/{}/, "
                     "DELETE hour-entries/{}/"),
    ("hours-report", "GET hour-reports/"),
    ("project-margins", "GET project-margins/"),
    ("project-margin", "GET project-margins/{}/"),
    ("hours-bill", "GET projects/standings/"),
    ("hour-rates", "GET hour-rates/, POST hour-rates/, DELETE hour-rates/{}/"),
    ("projects", "GET projects/, POST projects/"),
    ("project", "GET projects/{}/, PATCH projects/{}/, DELETE projects/{}/"),
    ("project-bill", "POST projects/{}/bill/"),
)  # fmt: skip
