"""The foundation of the house, and its roof: settings, addresses and the work queue."""

from erp.celery import app as celery_app

__all__ = ["celery_app"]
