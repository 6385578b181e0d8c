# Until 0.2.0, 2024-04: the linter reads the repository's settings.
_TP_REFUSED='Your proposed edit has introduced new syntax error(s). Please understand the fixes and retry your edit commmand.'
_TP_KNOWN=
_TP_LINT_OPTIONS=
# Lines of the command files that bash named in its own messages.
_TP_START_LINE=50
_TP_READ_LINE=65
_TP_CREATE_LINE=173
_TP_OPEN_USAGE='Usage: open <file>'

_tp_path() {
    _tp_words "$1"
}

_tp_scrolled() {
    :
}
