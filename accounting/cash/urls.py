"""Addresses of cash books."""

from django.urls import path

from accounting.cash import api
from accounting.cash.views import acts, book, books
from accounting.open_items.models import Side

pages = [
    path("cash/", books.CashBooks.as_view(), name="cash-books"),
    path("cash/<int:book>/", book.BookPage.as_view(), name="cash-book"),
    path("cash/<int:book>/edit/", books.EditBook.as_view(), name="cash-book-edit"),
    path("cash/<int:book>/transfer/", acts.Transfer.as_view(), name="cash-transfer"),
    path("cash/<int:book>/card/", acts.CardStatement.as_view(), name="cash-card"),
    path("cash/<int:book>/count/", acts.CountPage.as_view(), name="cash-count"),
    path("cash/<int:book>/counts/<int:count>/", acts.CountFile.as_view(), name="cash-count-file"),
    path("cash/<int:book>/entries/<int:entry>/undo/", book.UndoEntry.as_view(), name="cash-undo"),
    *(
        path(f"cash/<int:book>/{side}/", acts.PayItems.as_view(side=side), name=f"cash-{side}")
        for side in Side
    ),
]
endpoints = api.urls
