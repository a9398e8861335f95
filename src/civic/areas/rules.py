"""How division codes are built: each level adds digits to the code of the level above. No Django."""

CODE_WIDTH = 12
CITY_DIGITS = 4


def significant(code: str) -> str:
    """Return the digits that every division under `code` begins with: 341500 -> 3415, 341502001 -> 341502001."""
    return code[:CITY_DIGITS] if len(code) == 6 and code.endswith("00") else code


def full_code(code: str) -> str:
    """Return the twelve-digit code that statistics and other systems write: 341502 -> 341502000000."""
    return code.ljust(CODE_WIDTH, "0")


def short_code(code: str) -> str:
    """Return the code as this house keeps it, from either form: 341502001000 -> 341502001, 341502000000 -> 341502."""
    padded = full_code(code)
    if not padded.endswith("000"):
        return padded
    return padded[:6] if padded.endswith("000000") else padded[:9]
