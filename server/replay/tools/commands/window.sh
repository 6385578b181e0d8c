# The editor that shows WINDOW lines around CURRENT_LINE.

_print() {
    _tp_current
    local total middle window above below until
    total=$(_tp_count "${_TP_PATHS[@]}")
    echo "[File: $(realpath "${_TP_PATHS[@]}") ($total lines total)]"
    _tp_twice "$CURRENT_LINE"
    middle=$REPLY
    _tp_twice "$WINDOW"
    window=$((REPLY / 2))
    _tp_max $((middle - window)) 0
    _tp_floor "$REPLY"
    above=$REPLY
    _tp_twice "$total"
    _tp_max $((REPLY - middle - window)) 0
    below=$(((REPLY + 1) / 2))
    _tp_max $((middle + window)) "$window"
    _tp_floor "$REPLY"
    until=$REPLY
    [[ $above -gt 0 ]] && echo "($above more lines above)"
    cat "${_TP_PATHS[@]}" | grep -n '$' | head -n "$until" | tail -n "$window"
    [[ $below -gt 0 ]] && echo "($below more lines below)"
    return 0
}

_tp_open_at() {
    _tp_sixth "$1"
}

open() {
    if [[ -z $1 ]]; then
        echo "$_TP_OPEN_USAGE"
        return
    fi
    local line
    if [[ -n $2 ]]; then
        _tp_line_of defaults.sh 54 58 "$1" "$2" "$_TP_OPEN_USAGE" || return 0
    else
        _tp_default_line
    fi
    line=$REPLY
    if [[ -f $1 ]]; then
        _tp_path "$1"
        export CURRENT_FILE=$(realpath "${_TP_PATHS[@]}")
        _tp_show_from "$line"
    elif [[ -d $1 ]]; then
        echo "Error: $1 is a directory. You can only open files. Use cd or ls to navigate directories."
    else
        echo "File $1 not found"
    fi
}

goto() {
    _tp_goto defaults.sh 112 "$@"
}

scroll_down() {
    _tp_scroll 1
    _tp_scrolled
}

scroll_up() {
    _tp_scroll -1
    _tp_scrolled
}

create() {
    _tp_create defaults.sh "$_TP_CREATE_LINE" "$@"
}

_tp_current() {
    _tp_path "$CURRENT_FILE"
}
