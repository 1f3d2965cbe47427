"""VAT returns (MWST-Abrechnung): computed from the ledger, explained, filed, settled."""
