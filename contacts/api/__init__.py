"""Endpoints of contacts."""

from __future__ import annotations

from django.urls import path
from rest_framework.routers import SimpleRouter

from contacts.api.activities import ActivityViewSet
from contacts.api.contacts import ContactViewSet, DuplicateViewSet, LookUpViewSet
from contacts.api.imports import ContactImportViewSet
from contacts.api.parts import ContactFileViewSet, ContactPersonViewSet
from contacts.api.settings import ContactGroupViewSet

router = SimpleRouter()
for name, endpoints in (
    ("contacts", ContactViewSet),
    ("contact-activities", ActivityViewSet),
    ("contact-groups", ContactGroupViewSet),
    ("contact-persons", ContactPersonViewSet),
    ("contact-files", ContactFileViewSet),
):
    router.register(name, endpoints, basename=name)
urls = [
    path("contact-lookup/", LookUpViewSet.as_view({"get": "list"}), name="api-contact-lookup"),
    path("contact-duplicates/", DuplicateViewSet.as_view({"get": "list"}), name="api-contact-duplicates"),
    path("contact-imports/", ContactImportViewSet.as_view({"post": "create"}), name="contact-imports"),
    *router.urls,
]  # fmt: skip
