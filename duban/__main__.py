"""`python -m duban` is `duban`."""

from duban.cli import main

main()
