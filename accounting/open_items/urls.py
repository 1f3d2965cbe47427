"""Addresses of open items."""

from django.urls import path

from accounting.open_items import api, paying, views
from accounting.open_items.models import Side

pages = [
    *(
        path(f"open-items/{side}/{more}", view.as_view(side=side), name=f"{name}-{side}")
        for side in Side
        for more, view, name in (
            ("", views.OpenItems, "open"),
            ("ageing/", views.AgeingPage, "aged"),
            ("pay/", paying.PaymentPage, "pay"),
        )
    ),
    path("open-items/control/", views.ControlAccounts.as_view(), name="open-control"),
    path("open-items/<int:item>/", views.ItemPage.as_view(), name="open-item"),
    path("open-items/<int:item>/net/", views.NetItem.as_view(), name="open-item-net"),
    path(
        "open-items/settlements/<int:settlement>/undo/",
        views.UndoSettlement.as_view(),
        name="settlement-undo",
    ),
]
endpoints = api.urls
