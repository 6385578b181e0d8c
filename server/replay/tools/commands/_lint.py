"""Finds in a Python file what the editor's linter refuses an edit for, with Python alone (3.5 and later).

_lint.py FILE    prints `FILE:line:column: CODE what is wrong`, as flake8 does with
                 --isolated --select=F821,F822,F831,E111,E112,E113,E999,E902

A file that does not parse has E999 and nothing else; E112 and E113 can only be found in such a file, so they never show.
"""
import ast
import re
import sys
import tokenize

from turnpike_names import problems

NOQA_FILE = re.compile(r"\s*# flake8[:=]\s*noqa\s*$", re.I)
NOQA_LINE = re.compile(r"# noqa(?::\s?(?P<codes>(?:[A-Z]+[0-9]+(?:[,\s]+)?)+))?", re.I)


def decoded(data):
    lines = iter(data.splitlines(True))
    try:
        encoding, _ = tokenize.detect_encoding(lambda: next(lines, b""))
        text = data.decode(encoding)
    except (SyntaxError, UnicodeError, LookupError):
        text = data.decode("latin-1")
    return text[1:] if text.startswith("\ufeff") else text


def unparsable(error):
    """Where flake8 puts an error of the parser. Before Python 3.10 the parser named the end of what it had read so far."""
    row, column = error.lineno or 1, error.offset or 0
    if column > 0 and sys.version_info < (3, 10):
        if error.text is not None:
            read = error.text.rstrip("\n").split("\n")
            row -= len(read) - 1
            column = min(column, len(read[0]))
        column -= 1
    return row, column + 1, "E999 {}: {}".format(type(error).__name__, error.args[0])


def width(line):
    """Columns of white space before the text; a tab goes on to the next multiple of 8."""
    columns = 0
    for character in line:
        if character == "\t":
            columns = columns // 8 * 8 + 8
        elif character in " \f":
            columns += 1
        else:
            break
    return columns


def indentation(text):
    """Logical lines that do not start at a multiple of four columns."""
    lines = text.splitlines(True)
    fresh = True
    skipped = (tokenize.INDENT, tokenize.DEDENT, tokenize.NL, tokenize.COMMENT, tokenize.ENCODING, tokenize.ENDMARKER)
    reader = iter(lines)
    for token in tokenize.generate_tokens(lambda: next(reader, "")):
        if token.type == tokenize.NEWLINE:
            fresh = True
        elif fresh and token.type not in skipped:
            fresh = False
            row, column = token.start
            if width(lines[row - 1]) % 4:
                yield row, column + 1, "E111 indentation is not a multiple of 4"


def findings(path):
    try:
        with open(path, "rb") as file:
            text = decoded(file.read())
    except OSError as error:
        yield 0, 1, "E902 {}: {}".format(type(error).__name__, error)
        return
    lines = text.splitlines()
    if any(NOQA_FILE.match(line) for line in lines):
        return
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        found = [unparsable(error)]
    except ValueError as error:
        found = [(1, 1, "E999 {}: {}".format(type(error).__name__, error))]
    else:
        found = [(row, column + 1, problem) for row, column, problem in problems(tree, path)]
        try:
            found.extend(indentation(text))
        except (tokenize.TokenError, SyntaxError):
            pass
    for finding in sorted(found, key=lambda finding: finding[:2]):
        if not silenced(lines, finding):
            yield finding


def silenced(lines, finding):
    row, _, problem = finding
    match = NOQA_LINE.search(lines[row - 1]) if 0 < row <= len(lines) else None
    if match is None:
        return False
    codes = match.group("codes")
    return codes is None or any(problem.upper().startswith(code) for code in re.split(r"[,\s]+", codes.strip().upper()) if code)


if __name__ == "__main__":
    for row, column, problem in findings(sys.argv[1]):
        print("{}:{}:{}: {}".format(sys.argv[1], row, column, problem))
