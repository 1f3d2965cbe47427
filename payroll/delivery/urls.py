"""Addresses of delivery."""

from django.urls import path

from payroll.delivery import api
from payroll.delivery.views import terms

START = "payroll/delivery/"
pages = [
    path(START, terms.Terms.as_view(), name="payroll-delivery"),
    path(f"{START}<int:employee>/link/", terms.Link.as_view(), name="payroll-delivery-link"),
]
endpoints = api.urls
