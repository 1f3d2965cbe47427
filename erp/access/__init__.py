"""Access (Zugriff): users, roles, rights per client, and the gate that asks for them."""
