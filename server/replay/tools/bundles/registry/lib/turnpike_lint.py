"""Linting as SWE-agent's editing tools use it: which problems did this edit bring in?"""

import os
import shutil
import subprocess

SELECTED = "F821,F822,F831,E111,E112,E113,E999,E902"


def run_linter(path, own=True):
    """flake8's lines for a Python file, else nothing.

    SWE-agent installs flake8 when an episode begins. An image that lacks it, with no network to install it from, is served
    by `turnpike_flake8` where `own` is set.
    """
    if os.path.splitext(path)[1] != ".py":
        return ""
    from registry import registry

    command = registry.get("LINT_COMMAND")
    if command is None and own and shutil.which("flake8") is None:
        from turnpike_flake8 import check

        return "".join(line + "\n" for line in check(path))
    if command is None:
        command = "flake8 --isolated --select=" + SELECTED + " {file_path}"
    # The command is the configuration's and may be any shell text.
    process = subprocess.Popen(command.format(file_path=path), shell=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return process.communicate()[0].decode()


def parse(line):
    """`file:line:column: problem` as (file, line, column, problem)."""
    place, _, problem = line.partition(": ")
    fields = place.split(":")
    if len(fields) != 3:
        raise ValueError("Invalid flake8 error line: " + line)
    return fields[0], int(fields[1]), int(fields[2]), problem


def parsed(output):
    return [parse(line.strip()) for line in output.split("\n") if line.strip()]


def moved(problems, window, height):
    """Where problems of the old text are in the new one; those inside the replaced window are no excuse and left out."""
    first, last = window
    shift = height - (last - first + 1)
    for file, line, column, problem in problems:
        if line < first:
            yield file, line, column, problem
        elif line > last:
            yield file, line + shift, column, problem


def new_problems(after, before="", window=None, height=None):
    """One `- problem` a line for what is in `after` and was not in `before`.

    `window` is the first and last line replaced, `height` the number of lines put there. Problems above the window can't be
    the edit's own. With nothing wrong before, everything is new.
    """
    problems = parsed(after)
    if before:
        known = list(moved(parsed(before), window, height))
        problems = [problem for problem in problems if problem not in known and problem[1] >= window[0]]
    return "\n".join("- " + problem[3] for problem in problems)
