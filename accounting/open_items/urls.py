"""Addresses of open items."""

from django.urls import path

from accounting.open_items import api
from accounting.open_items.models import Side
from accounting.open_items.views import importing, item, lists, party, paying

pages = [
    *(
        path(f"open-items/{side}/{more}", view.as_view(side=side), name=f"{name}-{side}")
        for side in Side
        for more, view, name in (
            ("", lists.OpenItems, "open"),
            ("ageing/", lists.AgeingPage, "aged"),
            ("due/", lists.DuePage, "due"),
            ("pay/", paying.PaymentPage, "pay"),
        )
    ),
    path("open-items/import/", importing.ImportItems.as_view(), name="open-import"),
    path("open-items/parties/<int:contact>/", party.PartyPage.as_view(), name="open-party"),
    path("open-items/control/", lists.ControlAccounts.as_view(), name="open-control"),
    path("open-items/<int:item>/", item.ItemPage.as_view(), name="open-item"),
    path("open-items/<int:item>/net/", item.NetItem.as_view(), name="open-item-net"),
    path(
        "open-items/<int:item>/undo-take-over/",
        item.UndoTakeOver.as_view(),
        name="open-item-undo-take-over",
    ),
    path(
        "open-items/settlements/<int:settlement>/undo/",
        item.UndoSettlement.as_view(),
        name="settlement-undo",
    ),
]
endpoints = api.urls
