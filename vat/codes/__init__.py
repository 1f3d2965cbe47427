"""VAT codes, dated rates and tax arithmetic: the floor the ledger stands on."""
