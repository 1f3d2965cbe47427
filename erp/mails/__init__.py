"""Outgoing mail (Versand): a row each, handed over once where that is possible, and honest where not."""
