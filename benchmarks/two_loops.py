"""Two processes that share nothing, with a loop each: the most that a second core can give."""

from __future__ import annotations

import subprocess
import sys

_LOOP = "words = {}\nfor n in range(6_000_000): words[n % 5000] = str(n)"


def main() -> None:
    """Run both at once; end as the worse of them does."""
    loops = [subprocess.Popen([sys.executable, "-c", _LOOP]) for _loop in range(2)]
    sys.exit(max([loop.wait() for loop in loops]))


if __name__ == "__main__":
    main()
