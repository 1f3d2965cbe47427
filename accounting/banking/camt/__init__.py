"""Bank statements of ISO 20022: camt.052, .053 and .054, versions .04 and .08."""
