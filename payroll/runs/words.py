from payroll.wages.values import Reason


def why_in_words(one: Reason) -> str:
    return one.code
