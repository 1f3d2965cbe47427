"""Under the roof: pages that know every room. No room knows them."""
