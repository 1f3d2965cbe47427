"""Addresses of employees."""

from django.urls import path

from payroll.employees.views import employments, facts, hiring, lists, person

START = "payroll/employees/"
pages = [
    path(START, lists.Employees.as_view(), name="employees"),
    path(f"{START}add/", hiring.Hire.as_view(), name="employee-add"),
    path(f"{START}<int:employee>/", person.EmployeePage.as_view(), name="employee"),
    path(f"{START}<int:employee>/edit/", person.EditEmployee.as_view(), name="employee-edit"),
    path(f"{START}<int:employee>/employments/", employments.Employments.as_view(), name="employee-employments"),
    path(f"{START}<int:employee>/facts/<slug:kind>/", facts.SetFact.as_view(), name="employee-fact-add"),
    path(f"{START}<int:employee>/fact/<int:fact>/", facts.CorrectFact.as_view(), name="employee-fact"),
    path(f"{START}<int:employee>/payout/", facts.SetPayout.as_view(), name="employee-payout-add"),
    path(f"{START}<int:employee>/payout/<int:fact>/", facts.CorrectPayout.as_view(), name="employee-payout"),
]  # fmt: skip
endpoints: list[object] = []
