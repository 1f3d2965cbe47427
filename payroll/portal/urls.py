"""Addresses of “My wage”."""

from django.urls import path

from payroll.portal import api, views

START = "payroll/my-wage/"
pages = [
    path(START, views.MyWage.as_view(), name="my-wage"),
    path(f"{START}slips/<int:slip>/", views.MySlip.as_view(), name="my-slip"),
    path(f"{START}certificates/<int:file>/", views.MyCertificate.as_view(), name="my-certificate"),
]
endpoints = api.urls
