"""What was agreed with customers and suppliers (Konditionen): time to pay, discounts, currency."""
