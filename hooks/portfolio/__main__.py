"""``python -m portfolio``: see `portfolio.cli`."""

import sys

from portfolio.cli import main

if __name__ == "__main__":
    sys.exit(main())
