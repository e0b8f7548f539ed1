"""`python -m docreader` is the command `docreader`."""

import sys

from docreader.cli import main

if __name__ == "__main__":
    sys.exit(main())
