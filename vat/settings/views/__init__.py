"""Pages of VAT settings, activities and codes."""
