"""The command `softmax-edu`: the chapters on a laptop, and the grading of a class."""

import argparse
import sys
from importlib.metadata import version

from softmax_edu import lab
from softmax_edu.grading import command as grading


def main() -> int:
    """Read the command line and do what it says; return the exit code."""
    parser = argparse.ArgumentParser(
        "softmax-edu", description="What goes with the book Softmax, Step by Step."
    )
    parser.add_argument("--version", action="version", version=version("softmax-edu"))
    commands = parser.add_subparsers(metavar="COMMAND")
    lab.add_lab(commands)
    lab.add_update(commands)
    grading.add_grade(commands)
    arguments = parser.parse_args()
    if "run" not in arguments:
        parser.print_help()
        return 0
    try:
        code: int = arguments.run(arguments)
    except KeyboardInterrupt:  # files are written whole, so nothing is left half done
        print("\nStopped.")
        return 130
    return code


if __name__ == "__main__":
    sys.exit(main())
