"""What a program prints to, where that is to be a terminal."""

import io


class Screen(io.StringIO):
    """Text that says it is a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True
