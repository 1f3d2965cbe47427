"""Categories of assets, their rules, and the highest rates of tax."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounting.assets import categories, ceilings
from accounting.assets.forms import CategoryForm, RuleForm
from accounting.assets.models import AssetCategory, AssetRule
from accounting.assets.standings import rule_in, rules_by_category
from accounting.ledger.entering import choices
from accounting.ledger.models import Account
from accounting.ledger.queries import year_of
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.web.pages import CompanyView, id_of, refused, tell


class Categories(CompanyView):
    """``/c/{company}/assets/categories/``: all of them with the rule in force; those of the chart."""

    permission = Permission.ASSETS_READ
    permissions = {"POST": Permission.ASSETS_SETTINGS}
    help_page = "asset-categories"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(CategoryForm(category=AssetCategory(company=self.company)))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if request.POST.get("do") == "defaults":
            year = year_of(self.company, clock.today())
            made = categories.add_defaults(
                self.company, by=self.access.user, valid_from=year.start if year else clock.today()
            )
            messages.success(request, _("%s categories are added.") % len(made))
            return redirect("asset-categories", self.company.pk)
        form = CategoryForm(request.POST, category=AssetCategory(company=self.company))
        if form.is_valid():
            try:
                saved = categories.save_category(form.applied(), by=self.access.user)
            except DomainError as refusal:
                tell(form, refusal)
            else:
                messages.success(request, _("Category %s is saved. Add its rule now.") % saved)
                return redirect("asset-category", self.company.pk, saved.pk)
        return refused(request, self._show(form))

    def _show(self, form: CategoryForm) -> HttpResponse:
        rules, year = rules_by_category(self.company), year_of(self.company, clock.today())
        known = ceilings.ceilings(clock.today())
        rows = []
        for one in categories.categories(self.company):
            rule = rule_in(rules.get(one.pk, []), year) if year else None
            rows.append((one, rule, known.get(rule.ceiling) if rule else None))
        context = {"page_title": _("Asset categories"), "rows": rows, "form": form,
                   "accounts": choices(Account.of(self.company).order_by("number")),
                   "known": list(known.values()), "source": ceilings.SOURCE}  # fmt: skip
        return render(self.request, "accounting/assets/categories.html", context)


class CategoryPage(CompanyView):
    """``/c/{company}/assets/categories/{category}/``: names, accounts and rules of one."""

    permission = Permission.ASSETS_READ
    permissions = {"POST": Permission.ASSETS_SETTINGS}
    help_page = "asset-categories"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        found = self._found()
        return self._show(found, CategoryForm(category=found), self._rule())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        found, do = self._found(), request.POST.get("do")
        form, rule = CategoryForm(category=found), self._rule()
        try:
            if gone := request.POST.get("delete"):
                rows = AssetRule.of(self.company).filter(category=found)
                rows = rows.select_related("company", "category")
                categories.delete_rule(get_object_or_404(rows, pk=id_of(gone)), by=self.access.user)
                messages.success(request, _("The rule is deleted."))
                return redirect("asset-category", self.company.pk, found.pk)
            if do == "rule":
                rule = RuleForm(request.POST)
                if rule.is_valid():
                    categories.add_rule(found, by=self.access.user, **rule.cleaned_data)
                    messages.success(request, _("The rule is saved."))
                    return redirect("asset-category", self.company.pk, found.pk)
            else:
                form = CategoryForm(request.POST, category=found)
                if form.is_valid():
                    categories.save_category(form.applied(), by=self.access.user)
                    messages.success(request, _("The category is saved."))
                    return redirect("asset-category", self.company.pk, found.pk)
        except DomainError as refusal:
            tell(rule if do == "rule" else form, refusal)
        return refused(request, self._show(self._found(), form, rule))

    def _rule(self) -> RuleForm:
        year = year_of(self.company, clock.today())
        first = year.start if year else clock.today()
        return RuleForm(initial={"valid_from": first, "pro_rata": True,
                                 "residual": categories.PRO_MEMORIA})  # fmt: skip

    def _found(self) -> AssetCategory:
        rows = categories.categories(self.company)
        found: AssetCategory = get_object_or_404(rows, pk=self.kwargs["category"])
        return found

    def _show(self, found: AssetCategory, form: CategoryForm, rule: RuleForm) -> HttpResponse:
        known = ceilings.ceilings(clock.today())
        rows = [(one, known.get(one.ceiling))
                for one in rules_by_category(self.company).get(found.pk, [])[::-1]]  # fmt: skip
        context = {"page_title": str(found), "category": found, "form": form, "rule": rule,
                   "rows": rows, "source": ceilings.SOURCE,
                   "accounts": choices(Account.of(self.company).order_by("number"))}  # fmt: skip
        return render(self.request, "accounting/assets/category.html", context)
