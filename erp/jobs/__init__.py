"""Long work in the background (Aufträge): a row each, done step by step, lost by nothing."""
