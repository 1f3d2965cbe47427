"""Handing a company over (Mandantenübergabe): out of one installation and into another, proven the same."""
