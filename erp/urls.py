"""All addresses. Rooms bring their pages (`/c/{company}/…`) and endpoints (`/api/v1/…`)."""

from __future__ import annotations

from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView

from accounting.banking import urls as banking
from accounting.ledger import urls as ledger
from accounting.statements import urls as statements
from erp.cockpit import urls as cockpit
from erp.web.health import healthz, readyz
from erp.web.help import help_page
from erp.web.language import choose_language
from vat.codes import urls as vat_codes

ROOMS = [cockpit, ledger, banking, vat_codes, statements]

pages = [pattern for room in ROOMS for pattern in room.pages]
endpoints = [pattern for room in ROOMS for pattern in room.endpoints]

urlpatterns = [
    *cockpit.entrance,
    path("c/<int:company>/", include(pages)),
    path("api/v1/companies/<int:company>/", include(endpoints)),
    path("api/v1/", include(cockpit.general_endpoints)),
    path(
        "api/v1/openapi.json",
        SpectacularJSONAPIView.as_view(
            permission_classes=[], authentication_classes=[], urlconf="erp.urls"
        ),
        name="openapi",
    ),
    path("help/<slug:name>/", help_page, name="help"),
    path("accounts/", include("allauth.account.urls")),
    path("_allauth/", include("allauth.headless.urls")),
    path("language/", choose_language, name="language"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]
