# 0.7.0: paths are quoted; scrolling three times in a row is warned of.
_TP_REFUSED='Your proposed edit has introduced new syntax error(s). Please read this error message carefully and then retry editing the file.'
_TP_KNOWN=yes
_TP_LINT_OPTIONS=--isolated
# Lines of the command files that bash named in its own messages.
_TP_START_LINE=53
_TP_READ_LINE=68
_TP_CREATE_LINE=194
_TP_OPEN_USAGE='Usage: open "<file>"'

_tp_path() {
    _TP_PATHS=("$1")
}

_tp_scrolled() {
    [[ -n $CURRENT_FILE ]] || return 0
    case $LAST_ACTION in
        scroll_up | scroll_down) SCROLL_COUNT=$((${SCROLL_COUNT:-0} + 1)) ;;
        *) SCROLL_COUNT=1 ;;
    esac
    export SCROLL_COUNT
    [[ $SCROLL_COUNT -lt ${WARN_AFTER_SCROLLING_TIMES:-3} ]] && return
    printf '%s\n' '' 'WARNING: Scrolling many times in a row is very inefficient.' \
        'If you know what you are looking for, use `search_file <pattern>` instead.' ''
}
