"""What is told about wages (Jahresabschluss Lohn): certificates, lists, declarations."""
