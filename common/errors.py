"""How a script tells its user that something is wrong that the user can mend."""


class UserError(Exception):
    """Something the user can mend: the message is one line that says what, which value, and what to do."""


def check_between(
    name: str, value: float, low: float, high: float, *, open_low: bool = False, open_high: bool = False
) -> None:
    """Raise UserError unless low <= value <= high (an open end excludes its bound; NaN is never inside)."""
    above = value > low if open_low else value >= low
    below = value < high if open_high else value <= high
    if not (above and below):
        interval = f"{'(' if open_low else '['}{low:g}, {high:g}{')' if open_high else ']'}"
        raise UserError(f"{name} is {value:g}; it must lie in {interval}")
