"""Pages of products: the list, one of them, and the import."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Case, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounting.ledger.lookups import offered
from accounting.ledger.models import Account
from accounting.receivables import product_importing, product_queries, products
from accounting.receivables.forms import ProductForm
from accounting.receivables.models import Product
from accounting.receivables.product_exporting import importable, printed
from accounting.receivables.product_importing import Preview
from accounting.receivables.sales_settings import settings_of
from accounting.terms.agreeing import OF_SALES
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.web.export import answer
from erp.web.importing import ImportPage
from erp.web.pages import CompanyView, id_of, refused, tell
from vat.codes.queries import codes_of

STATES = {"": True, "off": False, "all": None}


class Products(CompanyView):
    """``/c/{company}/receivables/products/``"""

    permission = Permission.RECEIVABLES_READ
    help_page = "products"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        told = request.GET
        search = told.get("q", "").replace("\x00", "").strip()[:80]
        order = told.get("order", "number")
        found = product_queries.listing(
            self.company, search=search, active=STATES.get(told.get("state", ""), True),
            order=order if order.removeprefix("-") in product_queries.ORDERS else "number",
        )  # fmt: skip
        rates = product_queries.rates(self.company, clock.today())
        if form := told.get("format"):
            self.require(Permission.RECEIVABLES_EXPORT)
            content = printed(found, rates) if form == "pdf" else importable(found)
            return answer(form, content, company=self.company)
        page = Paginator(found, product_queries.PAGE).get_page(told.get("page"))
        context = {
            "page_title": _("Products"), "page": page, "search": search, "order": order,
            "rows": [(row, product_queries.price_of(row, rates)) for row in page],
        }  # fmt: skip
        return render(request, "accounting/receivables/products.html", context)


class ProductPage(CompanyView):
    """``…/receivables/products/add/`` (``?copy=…``) and ``…/receivables/products/{product}/``"""

    permission = Permission.RECEIVABLES_READ
    permissions = {"POST": Permission.RECEIVABLES_SETTINGS}
    help_page = "products"

    def get(self, request: HttpRequest, product: int | None = None, **kwargs: Any) -> HttpResponse:
        row = self._found(product)
        return self._show(request, ProductForm(company=self.company, product=row), row)

    def post(self, request: HttpRequest, product: int | None = None, **kwargs: Any) -> HttpResponse:
        row = self._found(product)
        form = ProductForm(request.POST, company=self.company, product=row)
        try:
            with transaction.atomic():
                if "delete" in request.POST and row.pk:
                    products.delete_product(row, by=self.access.user)
                    messages.success(request, _("Product %s is deleted.") % row.number)
                    return redirect("products", self.company.pk)
                if not form.is_valid():
                    return refused(request, self._show(request, form, row))
                saved = products.save_product(
                    company=self.company, by=self.access.user, product=row if row.pk else None,
                    **form.cleaned_data,
                )  # fmt: skip
        except DomainError as refusal:
            tell(form, refusal)
            return refused(request, self._show(request, form, row))
        messages.success(request, _("Product %s is saved.") % saved)
        return redirect("product", self.company.pk, saved.pk)

    def _found(self, pk: int | None) -> Product:
        """The product, a copy of one without its number, or a new one as usual."""
        rows = product_queries.whole(Product.of(self.company))
        if pk is not None:
            found: Product = get_object_or_404(rows, pk=pk)
            return found
        if copied := self.request.GET.get("copy"):
            copy: Product = get_object_or_404(rows, pk=id_of(copied))
            copy.pk, copy.number, copy.active = None, "", True
            return copy
        return Product(company=self.company, basis=settings_of(self.company).basis)

    def _show(self, request: HttpRequest, form: ProductForm, row: Product) -> HttpResponse:
        rates = product_queries.rates(self.company, clock.today())
        accounts = Account.of(self.company).filter(control="", purpose="")
        income_first = Case(When(type=Account.Type.INCOME, then=0), default=1)
        context = {
            "page_title": str(row) if row.pk else _("Add a product"), "form": form, "product": row,
            "may_change": self.access.may(Permission.RECEIVABLES_SETTINGS),
            "price": product_queries.price_of(row, rates) if row.pk else None,
            "rates": {one.code: str(rates.get(one.rate_class, 0))
                      for one in codes_of(self.company).filter(kind__in=OF_SALES)},
            **offered(self.company, kinds=OF_SALES,
                      accounts=accounts.exclude(type=Account.Type.CLOSING).order_by(income_first, "number")),
        }  # fmt: skip
        return render(request, "accounting/receivables/product.html", context)


class ImportProducts(ImportPage):
    """``/c/{company}/receivables/products/import/``"""

    permission = Permission.RECEIVABLES_SETTINGS
    help_page = "products"
    template = "accounting/receivables/import_products.html"

    @property
    def title(self) -> str:  # type: ignore[override]
        return _("Import products")

    def preview(self, content: bytes) -> Preview:
        return product_importing.dry_run(company=self.company, content=content)

    def perform(self, content: bytes) -> tuple[str, str]:
        done = product_importing.import_products(
            company=self.company, content=content, by=self.access.user
        )
        said = _("%(new)s products are added, %(changed)s changed.")
        told = {"new": len(done.added), "changed": len(done.altered)}
        return said % told, reverse("products", args=[self.company.pk])

    def done_before(self, content: bytes) -> int:
        return product_importing.was_imported(self.company, content)
