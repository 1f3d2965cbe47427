"""Addresses of the inbox."""

from django.urls import path

from accounting.payables.capture import api, views

_START = "payables/inbox/"
_ONE = _START + "<int:document>/"

pages = [
    path(_START, views.Inbox.as_view(), name="inbox"),
    path(_START + "next/", views.NextDocument.as_view(), name="inbox-next"),
    path(_ONE, views.DocumentPage.as_view(), name="inbox-document"),
    path(_ONE + "contact/", views.AddPayee.as_view(), name="inbox-contact"),
    path(_ONE + "pages/<int:nth>/", views.PagePicture.as_view(), name="inbox-page"),
    path(_ONE + "file/", views.OriginalFile.as_view(), name="inbox-file"),
    path(_ONE + "set-aside/", views.SetAside.as_view(), name="inbox-set-aside"),
    path(_ONE + "bring-back/", views.BringBack.as_view(), name="inbox-bring-back"),
    path(_ONE + "read/", views.ReadAgain.as_view(), name="inbox-read"),
]
endpoints = api.urls
