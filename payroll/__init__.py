"""Payroll (Lohn): employees, wages and declarations."""
