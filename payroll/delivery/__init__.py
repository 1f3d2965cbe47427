"""How wage papers reach the people they are for (Zustellung): on paper, by mail, by a page of their own."""
