"""How a company settles its VAT: dated settings, granted activities and their accounts."""
