"""Cash books (Kassenbuch): petty cash, cards and other money that no bank reports on. They read the ledger."""
