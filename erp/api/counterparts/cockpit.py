"""Operations of the API in place of the pages of companies, access and contacts."""

from __future__ import annotations

from typing import Final

from erp.api.counterparts.rows import of

COCKPIT: Final = of(
    ("start", "GET overview/"),
    ("setup", "GET setup/, PATCH setup/"),
    ("favourites", "GET favourites/, POST favourites/, PATCH favourites/{}/, DELETE favourites/{}/"),
    ("palette", "GET search/, GET accounts/"),
    ("jobs", "GET jobs/"),
    ("job", "GET jobs/{}/"),
    ("job-progress", "GET jobs/{}/"),
    ("job-cancel", "POST jobs/{}/cancel/"),
    ("job-file", "GET jobs/{}/file/"),
    ("mails", "GET mails/"),
    ("mail", "GET mails/{}/"),
    ("mail-retry", "POST mails/{}/retry/"),
    ("mail-cancel", "POST mails/{}/cancel/"),
    ("mail-texts", "GET mail-texts/"),
    ("mail-text", "GET mail-texts/{}/{}/, PUT mail-texts/{}/{}/, DELETE mail-texts/{}/{}/"),
    ("company-settings", "GET, PATCH, GET logo/, PUT logo/"),
    ("layout", "GET layouts/, GET layouts/{}/, PATCH layouts/{}/, DELETE layouts/{}/, "
               "GET sales-settings/sample/, GET year-end/{}/report/"),
    ("own-fields", "GET own-fields/, POST own-fields/, PATCH own-fields/{}/, DELETE own-fields/{}/"),
    ("payroll-delivery-invite", "POST wage-delivery/{}/invite/"),
    ("members", "GET members/, POST members/, DELETE members/{}/, DELETE members/{}/person/, "
                "GET members/by-mandate/, GET invitations/, POST invitations/, "
                "POST invitations/{}/resend/, DELETE invitations/{}/, GET recoveries/, "
                "POST recoveries/{}/confirm/, POST recoveries/{}/refuse/"),
    ("roles", "GET roles/, POST roles/, GET permissions/"),
    ("role", "GET roles/{}/, PATCH roles/{}/, DELETE roles/{}/, GET permissions/"),
    ("tokens", "GET app-tokens/, DELETE app-tokens/{}/"),
    ("webhooks", "GET webhooks/, POST webhooks/"),
    ("webhook", "GET webhooks/{}/, PATCH webhooks/{}/, DELETE webhooks/{}/, GET webhooks/{}/deliveries/, "
                "POST webhooks/{}/test/, POST webhooks/{}/rotate/"),
    ("security", "GET security/, POST security/end-sessions/, GET mail-domains/, POST mail-domains/, "
                 "DELETE mail-domains/{}/, GET leak-findings/, PATCH leak-findings/{}/"),
    ("support-access", "GET support-consents/, POST support-consents/, DELETE support-consents/{}/"),
    ("company-export", "GET company-exports/, GET company-exports/{}/, POST company-exports/"),
    ("company-export-file", "GET company-exports/{}/file/"),
    ("mandates", "GET mandates/, POST mandates/, DELETE mandates/{}/"),
    ("audit-trail", "GET audit-events/"),
    ("access-log", "GET access-log/"),
    ("history", "GET history/{}/{}/"),
    ("companies", "GET /companies/, GET /firms/"),
    ("company-add", "POST /companies/"),
    ("company-list", "GET /companies/"),
    ("account-overview", "GET /me/, POST /me/name/, POST /me/approval-mails/, GET /me/devices/, GET /me/events/, "
                         "POST /me/sessions/{}/end/, POST /me/phones/{}/end/, "
                         "POST /me/devices/{}/forget/, POST /me/end-others/"),
    ("address-change", "POST /me/address/"),
    ("own-tokens", "POST app-tokens/, GET my-tokens/, POST my-tokens/{}/revoke/"),
    ("firm", "GET /firms/{}/, GET /firms/{}/mandates/, POST /firms/{}/invitations/, "
             "POST /firms/{}/invitations/{}/resend/, POST /firms/{}/invitations/{}/withdraw/, "
             "POST /firms/{}/staff/{}/change/, POST /firms/{}/staff/{}/remove/, POST /firms/{}/recoveries/{}/confirm/, "
             "POST /firms/{}/recoveries/{}/refuse/"),
    ("firm-cockpit", "GET /firms/{}/cockpit/"),
    ("firm-mandate", "GET /firms/{}/clients/{}/, POST /firms/{}/clients/{}/"),
    ("firm-checklists", "GET /firms/{}/checklist-templates/, GET /firms/{}/clients/{}/checklist/, "
                        "POST /firms/{}/clients/{}/checklist/begin/, "
                        "POST /firms/{}/clients/{}/checklist/{}/"),
    ("firm-checklist", "GET /firms/{}/checklist-templates/{}/, PUT /firms/{}/checklist-templates/{}/"),
    ("firm-checklist-new", "POST /firms/{}/checklist-templates/"),
    ("firm-batches", "GET /firms/{}/batches/, POST /firms/{}/batches/"),
    ("firm-batch", "GET /firms/{}/batches/{}/, GET /firms/{}/batches/{}/files/"),
    ("firm-times", "GET /firms/{}/times/, POST /firms/{}/times/, POST /firms/{}/times/billed/, "
                   "POST /firms/{}/times/{}/take-back/"),
    ("firm-templates", "GET /firms/{}/mandate-templates/, POST /firms/{}/mandate-templates/, "
                       "POST /firms/{}/mandate-templates/{}/apply/, "
                       "POST /firms/{}/mandate-templates/{}/delete/"),
    ("questions", "GET questions/"),
    ("question", "GET questions/{}/, POST questions/{}/answer/, POST questions/{}/close/, "
                 "POST questions/{}/reopen/, POST questions/{}/files/, "
                 "POST questions/{}/files/{}/take/"),
    ("question-new", "POST questions/"),
    ("question-file", "GET questions/{}/files/{}/, GET questions/{}/files/{}/picture/"),
    ("installation-health", "GET /installation/health/"),
    ("installation-jobs", "GET /installation/jobs/"),
    ("installation-job", "GET /installation/jobs/{}/, POST /installation/jobs/{}/cancel/"),
    ("installation-job-progress", "GET /installation/jobs/{}/"),
    ("reference", "GET /reference/sources/"),
    ("reference-source", "GET /reference/sources/{}/, POST /reference/sources/{}/fetch/, "
                         "POST /reference/sources/{}/editions/"),
)  # fmt: skip

CONTACTS: Final = of(
    ("contacts", "GET contacts/"),
    ("contact-add", "POST contacts/, GET contact-duplicates/"),
    ("contact-duplicates", "GET contact-duplicates/"),
    ("contact-tasks", "GET contact-activities/, PATCH contact-activities/{}/"),
    ("contact-settings", "GET contact-groups/, POST contact-groups/, PATCH contact-groups/{}/, "
                         "DELETE contact-groups/{}/"),
    ("contact-import", "POST contact-imports/"),
    ("contact-file", "GET contact-files/{}/"),
    ("contact", "GET contacts/{}/, POST contact-activities/, DELETE contact-activities/{}/, "
                "POST contact-files/, POST contact-persons/, DELETE contact-persons/{}/"),
    ("contact-edit", "PATCH contacts/{}/, DELETE contacts/{}/"),
    ("contact-shelve", "POST contacts/{}/archive/, POST contacts/{}/restore/"),
    ("contact-merge", "POST contacts/{}/merge/, GET contact-lookup/"),
)  # fmt: skip
