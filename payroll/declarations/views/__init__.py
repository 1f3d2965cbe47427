"""Pages of a payroll year: people and certificates, wage accounts, lists, reconciliation, export."""
