"""Addresses of debtors, room by room."""

from django.urls import URLPattern

from accounting.receivables import document_urls

pages: list[URLPattern] = []
pages += document_urls.pages
endpoints: list[URLPattern] = []
