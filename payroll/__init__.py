"""Payroll (Lohn): rates, wage types, institutions, people, wages, runs and declarations."""
