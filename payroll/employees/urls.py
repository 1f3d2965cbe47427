"""Addresses of employees."""

from django.urls import path

from payroll.employees import api
from payroll.employees.views import (
    employments,
    facts,
    files,
    hiring,
    importing,
    leave,
    lists,
    person,
)

START = "payroll/employees/"
pages = [
    path(START, lists.Employees.as_view(), name="employees"),
    path(f"{START}add/", hiring.Hire.as_view(), name="employee-add"),
    path(f"{START}due/", files.DueList.as_view(), name="employees-due"),
    path(f"{START}export/", files.ExportEmployees.as_view(), name="employee-export"),
    path(f"{START}import/", importing.ImportEmployees.as_view(), name="employee-import"),
    path(f"{START}import/template/", importing.Template.as_view(), name="employee-template"),
    path(f"{START}import/<int:job>/", importing.ImportReport.as_view(), name="employee-import-report"),
    path(f"{START}files/<int:file>/", files.ShowFile.as_view(), name="employee-file"),
    path(f"{START}<int:employee>/files/", files.KeepFile.as_view(), name="employee-files"),
    path(f"{START}<int:employee>/leave/", leave.Leave.as_view(), name="employee-leave"),
    path(f"{START}<int:employee>/", person.EmployeePage.as_view(), name="employee"),
    path(f"{START}<int:employee>/edit/", person.EditEmployee.as_view(), name="employee-edit"),
    path(f"{START}<int:employee>/employments/", employments.Employments.as_view(), name="employee-employments"),
    path(f"{START}<int:employee>/facts/<slug:kind>/", facts.SetFact.as_view(), name="employee-fact-add"),
    path(f"{START}<int:employee>/fact/<int:fact>/", facts.CorrectFact.as_view(), name="employee-fact"),
    path(f"{START}<int:employee>/payout/", facts.SetPayout.as_view(), name="employee-payout-add"),
    path(f"{START}<int:employee>/payout/<int:fact>/", facts.CorrectPayout.as_view(), name="employee-payout"),
]  # fmt: skip
endpoints = api.urls
