"""Pages of dunning and statements of account."""
