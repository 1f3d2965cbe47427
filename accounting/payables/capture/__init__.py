"""Bills as they come in (Belegeingang): kept, read, and proposed to whoever enters them."""
