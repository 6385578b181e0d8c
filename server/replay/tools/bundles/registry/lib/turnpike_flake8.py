"""flake8 for the checks that SWE-agent selects, where an image has none: E999, E111, F821, F822, F831 and `noqa`.

E112 and E113 never show: what they find is a syntax error too, and flake8 (6 and newer) stops at that.
"""

import ast
import io
import re
import tokenize

from turnpike_names import problems

WHOLE_FILE = re.compile(r"\s*#\s*flake8[:=]\s*noqa(?::\s?(?P<codes>[A-Z][0-9]+(?:[,\s]+[A-Z][0-9]+)*))?\s*$", re.I)
LINE = re.compile(r"#\s*noqa(?::[\s]?(?P<codes>[A-Z][0-9]+(?:[,\s]+[A-Z][0-9]+)*))?", re.I)
BLANK = (tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
#: Wider indentation is no block of its own to the tokens, so this is how pycodestyle counts a tab.
TAB = 8


def source(path):
    try:
        with tokenize.open(path) as file:
            return file.read()
    except (SyntaxError, UnicodeError):
        with io.open(path, encoding="latin-1") as file:
            return file.read()


def syntax_error(error):
    """Row, column and text as flake8 reports them."""
    row, column = 1, 0
    details = error.args[1] if len(error.args) > 1 else None
    if details and len(details) > 2:
        row, column = details[1] or 1, details[2] or 0
        if column > 0 and len(details) == 4:
            # Up to Python 3.9 the position is behind the place.
            row -= len((details[3] or "").rstrip("\n").split("\n")) - 1
            column -= 1
    return row, column, "E999 {}: {}".format(type(error).__name__, error.args[0])


def statements(tokens):
    """First token and last row of each logical line."""
    first = None
    for token in tokens:
        if token.type == tokenize.NEWLINE or (token.type == tokenize.NL and first is not None and first.type == tokenize.COMMENT):
            if first is not None:
                yield first, token.start[0]
            first = None
        elif first is None and token.type not in BLANK:
            first = token
        elif first is not None and first.type == tokenize.COMMENT and token.type not in BLANK and token.start[0] != first.start[0]:
            first = token
    if first is not None:
        yield first, first.end[0]


def width(space):
    columns = 0
    for character in space:
        if character == "\t":
            columns = columns // TAB * TAB + TAB
        elif character == " ":
            columns += 1
        else:
            break
    return columns


def indentation(lines):
    for first, _ in lines:
        if first.type != tokenize.COMMENT and width(first.line[: first.start[1]]) % 4:
            yield first.start[0], first.start[1], "E111 indentation is not a multiple of 4"


def wanted(codes, code):
    """Whether a `noqa` with these codes (None: bare) is about this one."""
    return codes is None or any(code.startswith(one.upper()) for one in re.split(r"[,\s]+", codes) if one)


def check(path):
    """Lines as flake8 prints them, in its order."""
    text = source(path)
    rows = text.split("\n")
    ignored = [match.group("codes") for match in map(WHOLE_FILE.match, rows) if match]
    if None in ignored:
        return []
    spans = []
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        found = [syntax_error(error)]
    except ValueError as error:
        found = [(1, 0, "E902 {}: {}".format(type(error).__name__, error))]
    else:
        try:
            spans = list(statements(tokenize.generate_tokens(io.StringIO(text).readline)))
        except (tokenize.TokenError, SyntaxError):
            spans = []
        found = problems(tree, path) + list(indentation(spans))
    found.sort(key=lambda problem: problem[:2])
    lines = []
    for row, column, problem in found:
        code = problem[:4]
        first, last = next(((token.start[0], end) for token, end in spans if token.start[0] <= row <= end), (row, row))
        noqa = LINE.search("\n".join(rows[first - 1 : last]))
        if any(wanted(codes, code) for codes in ignored) or (noqa and wanted(noqa.group("codes"), code)):
            continue
        line = "{}:{}:{}: {}".format(path, row, column + 1, problem)
        if line not in lines:
            lines.append(line)
    return lines
