"""Addresses of fixed assets."""

from django.urls import path

from accounting.assets import api
from accounting.assets.views import asset, importing, register, runs, settings, vouchers

pages = [
    path("assets/", register.Assets.as_view(), name="assets"),
    path("assets/new/", register.NewAsset.as_view(), name="asset-new"),
    path("assets/import/", importing.ImportAssets.as_view(), name="asset-import"),
    path("assets/lines/", register.FreeLines.as_view(), name="asset-lines"),
    path("assets/lines/<int:entry>/<int:nth>/", register.RegisterLine.as_view(), name="asset-line"),
    path("assets/categories/", settings.Categories.as_view(), name="asset-categories"),
    path("assets/categories/<int:category>/", settings.CategoryPage.as_view(),
         name="asset-category"),
    path("assets/runs/", runs.Runs.as_view(), name="asset-runs"),
    path("assets/runs/<int:run>/", runs.RunPage.as_view(), name="asset-run"),
    path("assets/table/", runs.AssetsTable.as_view(), name="assets-table"),
    path("assets/<int:asset>/vouchers/<int:voucher>/", vouchers.VoucherFile.as_view(),
         name="asset-voucher"),
    path("assets/<int:asset>/", asset.AssetPage.as_view(), name="asset"),
]  # fmt: skip
endpoints = api.urls
