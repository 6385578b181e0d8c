# The editor with two cursors, between which `edit` replaces.

# Brings one cursor into the window; says so in `moved`.
_tp_cursor() {
    local name=$1
    if [ "${!name}" -lt "$2" ]; then
        moved+="$name moved to $2\n"
        printf -v "$name" %s "$2"
    elif [ "${!name}" -gt "$3" ]; then
        moved+="$name moved to $3\n"
        printf -v "$name" %s "$3"
    fi
}

_print() {
    local total first last moved='' text=() number line
    total=$(_tp_count "$CURRENT_FILE")
    first=$((CURRENT_LINE - WINDOW / 2))
    ((first < 1)) && first=1
    last=$((CURRENT_LINE + WINDOW / 2))
    _tp_min "$last" $((total < 1 ? 1 : total))
    _tp_cursor START_CURSOR "$first" "$REPLY"
    _tp_cursor END_CURSOR "$first" "$REPLY"
    export START_CURSOR END_CURSOR

    _tp_words "$CURRENT_FILE"
    total=$(_tp_count "${_TP_PATHS[@]}")
    echo "[File: $(realpath "$CURRENT_FILE") ($total lines total)]"
    _tp_min "$last" $((total))
    # Not mapfile: `read` treats bytes that are no UTF-8 as the recorded run did.
    while IFS= read -r line; do
        text+=("$line")
    done < <(awk -v first="$first" -v last="$REPLY" 'NR >= first && NR <= last' "$CURRENT_FILE")
    [[ $first -gt 1 ]] && echo "($((first - 1)) more lines above)"
    for ((number = first; number <= first + ${#text[@]}; number++)); do
        # shellcheck disable=SC2086
        [ "$number" -eq "$START_CURSOR" ] && echo $START_CURSOR_MARK
        [[ $number -lt $((first + ${#text[@]})) ]] && echo "$number:${text[number - first]}"
        # shellcheck disable=SC2086
        [ "$number" -eq "$END_CURSOR" ] && echo $END_CURSOR_MARK
    done
    number=$((total - first - ${#text[@]}))
    [[ $number -gt 0 ]] && echo "($number more lines below)"
    [[ -n $moved ]] && echo -e "$moved"
    return 0
}

set_cursors() {
    _tp_open_first || return 0
    local usage='Usage: set_cursors <start_line> <end_line>'
    if [[ $# -lt 2 ]]; then
        echo "$usage"
    elif [[ ! $1 =~ ^[0-9]+$ ]]; then
        printf '%s\n' "$usage" 'Error: start_line must be a number'
    elif [[ ! $2 =~ ^[0-9]+$ ]]; then
        printf '%s\n' "$usage" 'Error: end_line must be a number'
    elif [ "$1" -gt "$2" ]; then
        printf '%s\n' "$usage" 'Error: start_line must be less than or equal to end_line'
    else
        export START_CURSOR=$1 END_CURSOR=$2
        _print
    fi
}

_tp_open_at() {
    _tp_twice "$1"
    _tp_half "$REPLY"
}

open() {
    if [[ -z $1 ]]; then
        echo 'Usage: open <file>'
        return
    fi
    local line
    if [[ -n $2 ]]; then
        _tp_line_of cursors_defaults.sh 168 172 "$1" "$2" 'Usage: open <file>' || return 0
    else
        _tp_default_line
    fi
    line=$REPLY
    if [[ -f $1 ]]; then
        _tp_words "$1"
        export CURRENT_FILE=$(realpath "${_TP_PATHS[@]}")
        _tp_show_from "$line"
    else
        echo "File $1 not found"
    fi
}

goto() {
    _tp_goto cursors_defaults.sh 251 "$@"
}

scroll_down() {
    _tp_scroll 1
}

scroll_up() {
    _tp_scroll -1
}

create() {
    _tp_create cursors_defaults.sh 284 "$@"
}

_tp_current() {
    _tp_words "$CURRENT_FILE"
}
