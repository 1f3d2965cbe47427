"""How passwords are stored."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """Argon2id with 19 MiB, 2 passes and 1 lane: OWASP's floor, 32 ms on a small machine."""

    time_cost = 2
    memory_cost = 19456
    parallelism = 1
