"""Places of cells as spreadsheets name them."""


class _Letters(dict[int, str]):
    """`H` of 8."""

    def __missing__(self, column: int) -> str:
        name, rest = "", column
        while rest:
            rest, digit = divmod(rest - 1, 26)
            name = chr(65 + digit) + name
        self[column] = name
        return name


LETTERS = _Letters()


def address(row: int, column: int) -> str:
    """`H5` of row 5, column 8."""
    return f"{LETTERS[column]}{row}"
