"""Addresses of what whoever runs an installation asks."""

from django.urls import path

from erp.operation import api, views

entrance = [path("health/", views.Health.as_view(), name="installation-health")]
general_endpoints = api.general
