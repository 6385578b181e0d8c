# 0.6.1: paths are split at white space; only new errors refuse an edit.
_TP_REFUSED='Your proposed edit has introduced new syntax error(s). Please read this error message carefully and then retry editing the file.'
_TP_KNOWN=yes
_TP_LINT_OPTIONS=--isolated
# Lines of the command files that bash named in its own messages.
_TP_START_LINE=53
_TP_READ_LINE=68
_TP_CREATE_LINE=173
_TP_OPEN_USAGE='Usage: open <file>'

_tp_path() {
    _tp_words "$1"
}

_tp_scrolled() {
    :
}
