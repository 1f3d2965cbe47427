"""“My wage” (Mein Lohn): what somebody sees of their own slips and certificates, and nothing else."""
