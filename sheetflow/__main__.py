"""``python -m sheetflow``."""

from sheetflow.cli import main

# Processes that help with reading import this too.
if __name__ == "__main__":
    main()
