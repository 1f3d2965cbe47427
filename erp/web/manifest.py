"""What a phone needs to know to put Rappen among its apps (Web App Manifest)."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

#: What ``/go/…/`` knows, and what it is called on a phone.
SHORTCUTS: Final = {
    "receipt": gettext_lazy("Photograph a receipt"), "hours": gettext_lazy("Enter hours"),
    "owed": gettext_lazy("Open items"), "search": gettext_lazy("Search"),
}  # fmt: skip


def manifest(request: HttpRequest) -> HttpResponse:
    """``/manifest.webmanifest``: name, colours, icons and shortcuts, after W3C Web Application Manifest.

    In the language of the request. Shortcuts lead to ``/go/…/``, which finds the company.

    There is no service worker: pages hold people's data, and stay out of every cache.
    """
    icons = [("any-192.png", "192x192", "any"), ("any-512.png", "512x512", "any"),
             ("maskable-512.png", "512x512", "maskable")]  # fmt: skip
    told = {
        "id": "/", "name": "Rappen", "short_name": "Rappen", "lang": get_language(),
        "description": _("Bookkeeping, invoices, bills and payroll"),
        "start_url": "/", "scope": "/", "display": "standalone",
        "background_color": "#fbfbf9", "theme_color": "#ffffff",
        "icons": [
            {"src": static(f"erp/icons/{name}"), "sizes": sizes, "type": "image/png",
             "purpose": purpose}
            for name, sizes, purpose in icons
        ],
        "shortcuts": [
            {"name": str(name), "short_name": str(name), "url": f"/go/{what}/",
             "icons": [{"src": static(f"erp/icons/go-{what}.png"), "sizes": "192x192",
                        "type": "image/png"}]}
            for what, name in SHORTCUTS.items()
        ],
    }  # fmt: skip
    return JsonResponse(told, content_type="application/manifest+json")
