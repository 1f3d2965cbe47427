"""Django's PostgreSQL, told what our keys are: ``ENGINE`` of both databases."""
