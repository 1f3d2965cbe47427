"""Addresses of the VAT floor; its pages stand in ``vat.settings``, which knows the ledger."""

from vat.codes import api

pages: list[object] = []
endpoints = api.urls
