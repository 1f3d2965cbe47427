"""Pages of wage types: the list, and one of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounting.ledger.entering import choices
from accounting.ledger.models import Account
from erp.access.permissions import Permission
from erp.core.errors import DomainError
from erp.web.export import answer
from erp.web.pages import CompanyView, id_of, refused, tell
from payroll.wage_types import queries, saving
from payroll.wage_types.exporting import as_table
from payroll.wage_types.forms import WageTypeForm
from payroll.wage_types.founding import found_types
from payroll.wage_types.models import WageType
from payroll.wage_types.shipped import FLAGS

STATES = ("used", "off", "changed", "own", "all")


class WageTypes(CompanyView):
    """``/c/{company}/payroll/wage-types/``: the list; a POST adds shipped ones that are missing."""

    permission = Permission.PAYROLL_READ
    permissions = {"POST": Permission.PAYROLL_SETTINGS}
    help_page = "wage-types"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        told = request.GET
        search = told.get("q", "").replace("\x00", "").strip()[:80]
        state = told.get("state") if told.get("state") in STATES else "used"
        kind = told.get("kind", "") if told.get("kind") in WageType.Kind.values else ""
        rows = queries.listing(self.company, search=search, kind=kind, state=state or "used")
        if form := told.get("format"):
            self.require(Permission.PAYROLL_EXPORT)
            return answer(form, as_table(rows), company=self.company)
        context = {
            "page_title": _("Wage types"), "rows": rows, "search": search, "state": state,
            "kind": kind, "kinds": WageType.Kind.choices,
            "heads": [WageType._meta.get_field(column).verbose_name for column in FLAGS.values()],  # type: ignore[union-attr]
        }  # fmt: skip
        return render(request, "payroll/wage_types/list.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        added = found_types(company=self.company, by=self.access.user)
        messages.success(request, _("%s wage types are added.") % added)
        return redirect("wage-types", self.company.pk)


class WageTypePage(CompanyView):
    """``…/payroll/wage-types/add/`` (``?copy=…``) and ``…/payroll/wage-types/{type}/``"""

    permission = Permission.PAYROLL_READ
    permissions = {"POST": Permission.PAYROLL_SETTINGS}
    help_page = "wage-types"

    def get(self, request: HttpRequest, type: int | None = None, **kwargs: Any) -> HttpResponse:
        row = self._found(type)
        return self._show(request, WageTypeForm(company=self.company, row=row), row)

    def post(self, request: HttpRequest, type: int | None = None, **kwargs: Any) -> HttpResponse:
        row = self._found(type)
        form = WageTypeForm(request.POST, company=self.company, row=row)
        try:
            with transaction.atomic():
                if row.pk and ("delete" in request.POST or "reset" in request.POST):
                    return self._undo(request, row)
                if not form.is_valid():
                    return refused(request, self._show(request, form, row))
                saved = saving.save_type(
                    company=self.company, by=self.access.user, row=row if row.pk else None,
                    **form.cleaned_data,
                )  # fmt: skip
        except DomainError as refusal:
            tell(form, refusal)
            return refused(request, self._show(request, form, row))
        messages.success(request, _("Wage type %s is saved.") % saved)
        return redirect("wage-type", self.company.pk, saved.pk)

    def _undo(self, request: HttpRequest, row: WageType) -> HttpResponse:
        if "delete" in request.POST:
            saving.delete_type(row, by=self.access.user)
            messages.success(request, _("Wage type %s is deleted.") % row.number)
            return redirect("wage-types", self.company.pk)
        saving.take_back(row, by=self.access.user)
        messages.success(request, _("Wage type %s is as it came along again.") % row.number)
        return redirect("wage-type", self.company.pk, row.pk)

    def _found(self, pk: int | None) -> WageType:
        """The type, a copy of one without its number and role, or a new one."""
        rows = WageType.of(self.company).select_related("company", "account")
        if pk is not None:
            found: WageType = get_object_or_404(rows, pk=pk)
            return found
        if copied := self.request.GET.get("copy"):
            copy: WageType = get_object_or_404(rows, pk=id_of(copied))
            return self._copy(copy)
        return WageType(company=self.company, kind=WageType.Kind.EARNING, version=0)

    def _copy(self, row: WageType) -> WageType:
        side = queries.side_of(row, queries.accounts_of(self.company))
        if side and row.account is None:
            row.account = Account.of(self.company).filter(number=side.number).first()
        row.pk, row.number, row.role, row.is_shipped, row.is_active = None, None, "", False, True  # type: ignore[assignment]
        return row

    def _show(self, request: HttpRequest, form: WageTypeForm, row: WageType) -> HttpResponse:
        accounts = queries.accounts_of(self.company)
        offered = Account.of(self.company).filter(control="").exclude(type=Account.Type.CLOSING)
        context = {
            "page_title": str(row) if row.pk else _("Add a wage type"), "form": form, "row": row,
            "may_change": self.access.may(Permission.PAYROLL_SETTINGS),
            "usual": queries.side_of(row, accounts) if row.pk else None,
            "example": queries.example(row, accounts) if row.pk else None,
            "differences": [
                (row._meta.get_field(name).verbose_name, _told(shipped), _told(own))  # type: ignore[union-attr]
                for name, (shipped, own) in saving.differences(row).items()
            ] if row.pk else [],
            "accounts": choices(offered.order_by("number")),
        }  # fmt: skip
        return render(request, "payroll/wage_types/one.html", context)


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return dict(WageType.Method.choices).get(value, value) or "–"
