"""Pages of VAT returns."""
