#!/usr/bin/env python3
"""Lists what a linter found, less what it found before an edit.

_split_string FOUND
_split_string FOUND BEFORE FIRST LAST ADDED

FIRST to LAST are the lines that the edit replaced by ADDED lines. What was found in them is never forgiven; what was found
below them has moved.
"""
import sys


def findings(text):
    for line in text.split("\n"):
        line = line.strip()
        if line:
            place, _, problem = line.partition(": ")
            name, row, column = place.split(":")
            yield name, int(row), int(column), problem


def moved(before, first, last, added):
    shift = added - (last - first + 1)
    for name, row, column, problem in before:
        if row < first:
            yield name, row, column, problem
        elif row > last:
            yield name, row + shift, column, problem


def main(arguments):
    if len(arguments) not in (1, 5):
        raise ValueError("Invalid number of arguments. Must be 1 or 5.")
    known = set()
    if len(arguments) == 5:
        known = set(moved(findings(arguments[1]), *(int(number) for number in arguments[2:])))
    print("\n".join("- " + finding[3] for finding in findings(arguments[0]) if finding not in known))


main(sys.argv[1:])
