"""The checks before filing, by subject; ``vat.returns.checks`` puts them in order."""
