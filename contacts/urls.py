"""Addresses of contacts."""

from django.urls import path

from contacts import api
from contacts.views import contact, importing, lists, settings

pages = [
    path("contacts/", lists.Contacts.as_view(), name="contacts"),
    path("contacts/add/", contact.EditContact.as_view(), name="contact-add"),
    path("contacts/duplicates/", lists.Duplicates.as_view(), name="contact-duplicates"),
    path("contacts/tasks/", lists.Tasks.as_view(), name="contact-tasks"),
    path("contacts/settings/", settings.ContactSettings.as_view(), name="contact-settings"),
    path("contacts/import/", importing.ImportContacts.as_view(), name="contact-import"),
    path("contacts/files/<int:file>/", contact.ContactDocument.as_view(), name="contact-file"),
    path("contacts/<int:contact>/", contact.ContactPage.as_view(), name="contact"),
    path("contacts/<int:contact>/edit/", contact.EditContact.as_view(), name="contact-edit"),
    path("contacts/<int:contact>/shelve/", contact.ShelveContact.as_view(), name="contact-shelve"),
    path("contacts/<int:contact>/merge/", contact.MergeContact.as_view(), name="contact-merge"),
]
endpoints = api.urls
