# What the 0.x commands share: numbers that may end in .5, paths, counting, messages of bash itself.

# REPLY: twice the number in $1. Nothing counts as 0; a number beyond any file is cut short.
_tp_twice() {
    local digits=${1//[[:space:]]/} minus=''
    case $digits in
        -*) minus=- digits=${digits#-} ;;
    esac
    local whole=${digits%%.*}
    [[ ${#whole} -gt 15 ]] && whole=999999999999999
    REPLY=$((2 * 10#${whole:-0}))
    [[ $digits == *.5* ]] && ((REPLY++))
    REPLY=$minus$REPLY
}

# REPLY: half of the whole number in $1, as the number is written: 7 -> 3.5
_tp_half() {
    local size=${1#-} minus=''
    [[ $1 == -* ]] && minus=-
    REPLY=$minus$((size / 2))
    ((size % 2)) && REPLY+=.5
    [[ $REPLY != -0 ]] || REPLY=0
}

# REPLY: half of the whole number in $1, rounded down.
_tp_floor() {
    REPLY=$((($1 - ($1 & 1)) / 2))
}

# REPLY: the larger of two.
_tp_max() {
    REPLY=$(($1 > $2 ? $1 : $2))
}

_tp_min() {
    REPLY=$(($1 < $2 ? $1 : $2))
}

_tp_count() {
    awk 'END {print NR}' "$@"
}

# _TP_PATHS: the words that bash makes of $1 where it is not quoted.
_tp_words() {
    # shellcheck disable=SC2206
    _TP_PATHS=($1)
}

# A message of bash about line $2 of the command file $1, where the recorded run printed one.
_tp_complain() {
    printf '%s/%s: line %s: %s\n' "$_TP_HOME" "$1" "$2" "$3" >&2
}

# Whether $3 $4 $5 holds; what is no number makes bash complain about line $2 of the file $1.
_tp_holds() {
    local place=$1 line=$2 said status
    shift 2
    if [[ $1 =~ ^[0-9]{1,15}$ && $3 =~ ^[0-9]{1,15}$ ]]; then
        [ "$1" "$2" "$3" ]
        return
    fi
    # shellcheck disable=SC2086
    said=$( [ $1 $2 $3 ] 2>&1)
    status=$?
    [[ -n $said ]] && _tp_complain "$place" "$line" "${said#*: line *: }"
    return "$status"
}

_tp_open_first() {
    [[ -n $CURRENT_FILE ]] && return
    echo "No file open. Use the ${1:-open} command first."
    return 1
}

# Keeps the window inside the file, its middle at CURRENT_LINE.
_constrain_line() {
    _tp_open_first || return 0
    local last width low now
    _tp_current
    last=$(_tp_count "${_TP_PATHS[@]}")
    _tp_twice "$WINDOW"
    _tp_floor $((REPLY / 2))
    low=$((2 * REPLY))
    _tp_twice "$last"
    width=$((REPLY - low))
    _tp_twice "$CURRENT_LINE"
    _tp_min "$REPLY" "$width"
    _tp_max "$REPLY" "$low"
    _tp_half "$REPLY"
    export CURRENT_LINE=$REPLY
}

# Moves by so many windows, less the overlap, and shows where that is.
_tp_scroll() {
    _tp_open_first || return 0
    local now window overlap
    _tp_twice "$CURRENT_LINE"
    now=$REPLY
    _tp_twice "$WINDOW"
    window=$REPLY
    _tp_twice "$OVERLAP"
    overlap=$REPLY
    _tp_half $((now + $1 * (window - overlap)))
    export CURRENT_LINE=$REPLY
    _constrain_line
    _print
}

# The middle of a window in which line $1 is a sixth from the top.
_tp_sixth() {
    local window line
    _tp_twice "$WINDOW"
    window=$((REPLY / 2))
    _tp_twice "$1"
    line=$REPLY
    _tp_floor $((line + window - 2 * (window / 6)))
    _tp_max "$REPLY" 1
}

_tp_goto() {
    local place=$1 line=$2 last
    shift 2
    if [[ $# -gt 1 ]]; then
        echo 'goto allows only one line number at a time.'
        return
    fi
    _tp_open_first || return 0
    if [[ ! $1 =~ ^[0-9]+$ ]]; then
        echo 'Usage: goto <line>'
        [[ -n $1 ]] && echo 'Error: <line> must be a number'
        return 0
    fi
    _tp_current
    last=$(_tp_count "${_TP_PATHS[@]}")
    if _tp_holds "$place" "$line" "$1" -gt "$last"; then
        echo "Error: <line> must be less than or equal to $last"
        return
    fi
    _tp_sixth "$1"
    export CURRENT_LINE=$REPLY
    _constrain_line
    _print
}

# REPLY: the line that `open` was asked for, brought into the file; nothing where it is no number.
_tp_line_of() {
    local place=$1 first=$2 second=$3 path=$4 wanted=$5 usage=$6 last line
    if [[ ! $wanted =~ ^[0-9]+$ ]]; then
        printf '%s\n' "$usage [<line_number>]" 'Error: <line_number> must be a number'
        return 1
    fi
    _tp_words "$path"
    last=$(_tp_count "${_TP_PATHS[@]}")
    if _tp_holds "$place" "$first" "$wanted" -gt "$last"; then
        line=$last
        echo "Warning: <line_number> ($wanted) is greater than the number of lines in the file ($last)"
    elif _tp_holds "$place" "$second" "$wanted" -lt 1; then
        line=1
        echo "Warning: <line_number> ($wanted) is less than 1"
    else
        _tp_open_at "$wanted"
        return 0
    fi
    echo "Warning: Setting <line_number> to $line"
    _tp_twice "$line"
    _tp_half "$REPLY"
}

_tp_show_from() {
    export CURRENT_LINE=$1
    _constrain_line
    _print
}

_tp_default_line() {
    _tp_twice "$WINDOW"
    _tp_half $((REPLY / 2))
}

_tp_create() {
    local place=$1 line=$2 said
    shift 2
    if [[ -z $1 ]]; then
        echo 'Usage: create <filename>'
        return
    fi
    if [[ -e $1 ]]; then
        echo "Error: File '$1' already exists."
    elif ! { echo >"$1"; } 2>/dev/null; then
        said=$({ echo >"$1"; } 2>&1)
        _tp_complain "$place" "$line" "${said#*: line *: }"
    fi
    open "$1"
}

# The linter that SWE-agent installed, where the image has it; ours finds the same with Python alone.
_tp_lint() {
    if command -v flake8 >/dev/null 2>&1; then
        # shellcheck disable=SC2086
        flake8 $_TP_LINT_OPTIONS --select=F821,F822,F831,E111,E112,E113,E999,E902 "$1" </dev/null 2>&1
    else
        "$_TP_PYTHON" -B "$_TP_HOME/_lint.py" "$1" </dev/null 2>&1
    fi
}

_TP_HOME=${BASH_SOURCE[0]%/*}
_TP_PYTHON=$(command -v python3 || command -v python)
