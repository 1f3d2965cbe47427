"""Addresses of runs, slips and movements."""

from django.urls import path

from payroll.runs import api
from payroll.runs.views import delivering, movements, net_to_gross, runs, slips

RUNS = "payroll/runs/"
RUN = f"{RUNS}<int:run>/"
MOVEMENTS = "payroll/movements/"
NET = "payroll/net-to-gross/"

pages = [
    path(RUNS, runs.Overview.as_view(), name="payroll-runs"),
    path(RUN, runs.RunPage.as_view(), name="payroll-run"),
    path(f"{RUN}approve/", runs.Approve.as_view(), name="payroll-approve"),
    path(f"{RUN}post/", runs.Post.as_view(), name="payroll-post"),
    path(f"{RUN}undo/", runs.Undo.as_view(), name="payroll-undo"),
    path(f"{RUN}pay/", runs.Pay.as_view(), name="payroll-pay"),
    path(f"{RUN}recall/", runs.Recall.as_view(), name="payroll-recall"),
    path(f"{RUN}recap/", runs.Recap.as_view(), name="payroll-recap"),
    path(f"{RUN}recap/<slug:form>/", runs.RecapFile.as_view(), name="payroll-recap-file"),
    path(f"{RUN}slips.pdf", runs.AllSlips.as_view(), name="payroll-slips"),
    path(f"{RUN}slips.zip", delivering.ZipSlips.as_view(), name="payroll-slips-zip"),
    path(f"{RUN}deliveries/", delivering.Deliveries.as_view(), name="payroll-deliveries"),
    path(f"{RUN}deliveries/print.pdf", delivering.PrintSlips.as_view(), name="payroll-slips-print"),
    path(f"{RUN}orders/<int:order>/", runs.PaymentFile.as_view(), name="payroll-order"),
    path(f"{RUN}slips/<int:slip>/", slips.SlipPage.as_view(), name="payslip"),
    path(f"{RUN}slips/<int:slip>/pdf/", slips.SlipPdf.as_view(), name="payslip-pdf"),
    path(MOVEMENTS, movements.Grid.as_view(), name="movements"),
    path(f"{MOVEMENTS}import/", movements.Import.as_view(), name="movements-import"),
    path(f"{MOVEMENTS}<int:employee>/", movements.Person.as_view(), name="movements-person"),
    path(NET, net_to_gross.NetToGross.as_view(), name="net-to-gross"),
    path(f"{NET}wage/", net_to_gross.TakeOverWage.as_view(), name="net-to-gross-wage"),
    path(f"{NET}movement/", net_to_gross.TakeOverMovement.as_view(), name="net-to-gross-movement"),
]
endpoints = api.urls
