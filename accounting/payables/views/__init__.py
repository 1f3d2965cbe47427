"""Pages of suppliers' invoices."""
