"""The open file and the window of its lines that is shown. Lines are 0-based here, 1-based where they are printed.

Bundles of a user import this module by name: `from windowed_file import WindowedFile, FileNotOpened, TextNotFound`.
"""

import io
import os
import sys
import time
from pathlib import Path

from registry import registry

#: The window starts this much of its height above the line one goes to.
LEAD = 1 / 6


class FileNotOpened(Exception):
    pass


class TextNotFound(Exception):
    pass


class ReplacementInfo(object):
    def __init__(self, first_replaced_line, n_search_lines, n_replace_lines, n_replacements):
        self.first_replaced_line = first_replaced_line
        self.n_search_lines = n_search_lines
        self.n_replace_lines = n_replace_lines
        self.n_replacements = n_replacements


class InsertInfo(object):
    def __init__(self, first_inserted_line, n_lines_added):
        self.first_inserted_line = first_inserted_line
        self.n_lines_added = n_lines_added


def height(text):
    return text.count("\n") + 1


def occurrences(text, search):
    """Where `search` begins in the text, without overlaps."""
    if search == "":
        # SWE-agent never comes back from this; the session's time limit ends it.
        while True:
            time.sleep(3600)
    found = []
    at = text.find(search)
    while at >= 0:
        found.append(at)
        at = text.find(search, at + len(search))
    return found


class WindowedFile(object):
    """`path` None is the file opened last; position and path are kept in the registry, from one call to the next."""

    def __init__(self, path=None, first_line=None, window=None, exit_on_exception=True):
        self._exits = exit_on_exception
        chosen = registry.get_if_none(path, "CURRENT_FILE")
        if not chosen:
            self._fail(FileNotOpened(), "No file open. Use the open command first.")
        self.path = Path(chosen)
        if self.path.is_dir():
            text = "Error: {} is a directory. You can only open files. Use cd or ls to navigate directories.".format(self.path)
            self._fail(IsADirectoryError(text), text)
        if not self.path.exists():
            text = "Error: File {} not found".format(self.path)
            self._fail(FileNotFoundError(text), text)
        registry["CURRENT_FILE"] = os.path.realpath(str(self.path))
        self.window = int(registry.get_if_none(window, "WINDOW"))
        self.overlap = int(registry.get("OVERLAP", 0))
        self._first_line = 0
        self.first_line = int(registry.get_if_none(first_line, "FIRST_LINE", 0))
        self._old_text = self.text
        self._old_first_line = self.first_line

    def _fail(self, error, text):
        if not self._exits:
            raise error
        print(text)
        sys.exit(1)

    @property
    def first_line(self):
        return self._first_line

    @first_line.setter
    def first_line(self, line):
        self._old_first_line = self._first_line
        # One line less than would fill the window: a file of just the window's height can't be scrolled, nor one longer by one.
        self._first_line = max(0, min(int(line), self.n_lines - 1 - self.window))
        registry["FIRST_LINE"] = self._first_line

    @property
    def text(self):
        with io.open(str(self.path)) as file:
            return file.read()

    @text.setter
    def text(self, text):
        self._old_text = self.text
        with io.open(str(self.path), "w") as file:
            file.write(text)

    @property
    def n_lines(self):
        return len(self.text.splitlines())

    @property
    def line_range(self):
        """First and last line shown."""
        return self.first_line, min(self.first_line + self.window, self.n_lines) - 1

    def get_window_text(self, line_numbers=False, status_line=False, pre_post_line=False):
        first, last = self.line_range
        total = self.n_lines
        rows = self.text.split("\n")[first : last + 1]
        if line_numbers:
            rows = ["{}:{}".format(number, row) for number, row in enumerate(rows, first + 1)]
        if pre_post_line and first > 0:
            rows.insert(0, "({} more lines above)".format(first))
        if status_line:
            rows.insert(0, "[File: {} ({} lines total)]".format(self.path, total))
        if pre_post_line and last < total - 1:
            rows.append("({} more lines below)".format(total - last - 1))
        return "\n".join(rows)

    def print_window(self):
        print(self.shown())

    def shown(self):
        return self.get_window_text(line_numbers=True, status_line=True, pre_post_line=True)

    def set_window_text(self, new_text, line_range=None):
        first, last = self.line_range if line_range is None else line_range
        rows = self.text.split("\n")
        rows[first : last + 1] = new_text.split("\n") if new_text else []
        self.text = "\n".join(rows)

    def goto(self, line, mode="top"):
        if mode != "top":
            raise NotImplementedError
        self.first_line = line - self.window * LEAD

    def scroll(self, n_lines):
        if n_lines != 0:
            self.first_line += n_lines - self.overlap if n_lines > 0 else n_lines + self.overlap

    def undo_edit(self):
        self.text = self._old_text
        self.first_line = self._old_first_line

    def replace_in_window(self, search, replace, reset_first_line="top"):
        shown = self.get_window_text()
        at = shown.find(search)
        if at < 0:
            self._fail(TextNotFound(), "Error: Text not found: {}".format(search))
        line = self.first_line + shown[:at].count("\n")
        self.set_window_text(shown.replace(search, replace))
        if reset_first_line != "keep":
            self.goto(line, reset_first_line)
        return ReplacementInfo(line, height(search), height(replace), 1)

    def replace(self, search, replace, reset_first_line="top"):
        """Everywhere in the file. The line reported is 1-based, unlike that of `replace_in_window`: so it is in SWE-agent."""
        text = self.text
        found = occurrences(text, search)
        if not found:
            self._fail(TextNotFound(), "Error: Text not found: {}".format(search))
        line = height(text[: found[0]])
        self.text = text.replace(search, replace)
        if reset_first_line != "keep":
            self.goto(line, reset_first_line)
        return ReplacementInfo(line, height(search), height(replace), len(found))

    def find_all_occurrences(self, search, zero_based=True):
        text = self.text
        return [height(text[:at]) - (1 if zero_based else 0) for at in occurrences(text, search)]

    def insert(self, text, line=None, reset_first_line="top"):
        """`line` None: at the end; below 0: at the start; else before that line."""
        if not text:
            return InsertInfo(self.n_lines if line is None else line, 0)
        text = text[:-1] if text.endswith("\n") else text
        old = self.text
        if line is None:
            at = self.n_lines
            new = text if not old else "{}\n{}".format(old[:-1] if old.endswith("\n") else old, text)
        elif line < 0:
            at = 0
            new = text if not old else "{}\n{}".format(text, old[1:] if old.startswith("\n") else old)
        else:
            at = line
            rows = old.split("\n")
            rows.insert(line, text)
            new = "\n".join(rows)
        self.text = new
        if reset_first_line != "keep":
            self.goto(at, reset_first_line)
        return InsertInfo(at, height(text))
