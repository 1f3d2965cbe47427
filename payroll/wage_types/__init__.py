"""Wage types (Lohnarten): what is paid and deducted, what it counts for, where it is booked."""
