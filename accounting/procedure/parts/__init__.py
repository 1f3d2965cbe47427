"""What the procedure documentation tells, subject by subject."""
