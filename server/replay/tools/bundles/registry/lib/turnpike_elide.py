"""A Python file with the bodies of its longer functions left out, as SWE-agent shows it with tree-sitter.

Read off the tokens, so a file that does not compile is shown too, as far as it can be told into tokens.
"""

import io
import tokenize

#: Bodies that span fewer rows than this, and one, are shown.
SPAN = 5
TAB = 8


def column(row):
    return len(row.expandtabs(TAB)) - len(row.expandtabs(TAB).lstrip())


def tokens_of(text):
    # A byte order mark moves no row, and no column that matters.
    text = text[1:] if text.startswith("\ufeff") else text
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            yield token
    except (tokenize.TokenError, SyntaxError):
        return


def trailing_comments(rows, last, indent):
    """The row (0-based) of the last comment that still belongs to a block which ends in row `last`."""
    for number in range(last + 1, len(rows)):
        row = rows[number].strip()
        if row and not (row.startswith("#") and column(rows[number]) >= indent):
            break
        if row:
            last = number
    return last


def bodies(text):
    """First and last row (0-based) of each function's body, in the order of the functions."""
    rows = text.split("\n")
    tokens = [token for token in tokens_of(text) if token.type not in (tokenize.COMMENT, tokenize.NL)]
    found = []
    for at, token in enumerate(tokens):
        if token.type != tokenize.NAME or token.string != "def" or not starts(tokens, at):
            continue
        opened = colon(tokens, at)
        if opened is None or opened + 1 >= len(tokens):
            continue
        if tokens[opened + 1].type != tokenize.NEWLINE:
            end = next((t.start[0] for t in tokens[opened:] if t.type == tokenize.NEWLINE), tokens[-1].start[0])
            found.append((tokens[opened + 1].start[0] - 1, end - 1))
            continue
        if opened + 3 >= len(tokens) or tokens[opened + 2].type != tokenize.INDENT:
            continue
        depth, last = 0, opened + 2
        for number in range(opened + 2, len(tokens)):
            kind = tokens[number].type
            depth += (kind == tokenize.INDENT) - (kind == tokenize.DEDENT)
            if kind == tokenize.NEWLINE:
                last = number
            if depth == 0:
                break
        first = tokens[opened + 3].start[0] - 1
        found.append((first, trailing_comments(rows, tokens[last].start[0] - 1, column(rows[first]))))
    return found


def starts(tokens, at):
    """Whether a statement begins here, `async` allowed before it."""
    before = tokens[at - 1] if at > 0 else None
    if before is not None and before.string == "async":
        before = tokens[at - 2] if at > 1 else None
    kinds = (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, getattr(tokenize, "ENCODING", -1))
    return before is None or before.type in kinds


def colon(tokens, at):
    """Where the colon is that ends a function's head."""
    depth = 0
    for number in range(at, len(tokens)):
        word = tokens[number].string
        if tokens[number].type == tokenize.NEWLINE:
            return None
        if tokens[number].type == tokenize.OP:
            depth += (word in "([{") - (word in ")]}")
            if word == ":" and depth == 0:
                return number
    return None


def elided(text):
    """The rows shown, numbered from 1."""
    spans = [(first, last) for first, last in bodies(text) if last - first >= SPAN]
    hidden = {row for first, last in spans for row in range(first, last + 1)}
    shown = [(row, line) for row, line in enumerate(text.splitlines()) if row not in hidden]
    # A function within a hidden one is announced all the same.
    shown += [(first, "... eliding lines {}-{} ...".format(first + 1, last + 1)) for first, last in spans]
    return ["{:6d} {}".format(row + 1, line) for row, line in sorted(shown)]
