# `edit <start>:<end>`: lines of the open file are replaced by what comes in, unless that brings new errors into Python.

# The text that comes in, a line per element of `replacement`.
_tp_incoming() {
    local line
    replacement=()
    while IFS= read -r line; do
        replacement+=("$line")
    done
}

# Writes `lines` before $1, the replacement, and `lines` after $2. `lines` outlives the command: a file that can't be read
# leaves the text of the one before.
_tp_replace() {
    local place=$1 read_line=$2 slice_line=$3 write_line=$4 start_line=$5 end_line=$6 said new
    if ! { mapfile -t lines <"$CURRENT_FILE"; } 2>/dev/null; then
        said=$({ mapfile -t lines <"$CURRENT_FILE"; } 2>&1)
        _tp_complain "$place" "$read_line" "${said#*: line *: }"
    fi
    if ((start_line < 0)); then
        said=$({ : "${lines[@]:0:$start_line}"; } 2>&1)
        _tp_complain "$place" "$slice_line" "${said#*: line *: }"
        return 1
    fi
    new=("${lines[@]:0:start_line}" "${replacement[@]}" "${lines[@]:end_line}")
    if ! { printf '%s\n' "${new[@]}" >|"$CURRENT_FILE"; } 2>/dev/null; then
        said=$({ : >|"$CURRENT_FILE"; } 2>&1)
        _tp_complain "$place" "$write_line" "${said#*: line *: }"
    fi
}

# A copy of the open file, to be put back if the edit is refused.
_tp_keep() {
    _TP_KEPT=$(mktemp "${TMPDIR:-/tmp}/.kept.XXXXXX")
    local said
    said=$(cp "$CURRENT_FILE" "$_TP_KEPT" 2>&1) || printf '%s\n' "${said//"$_TP_KEPT"//root/$(basename "$CURRENT_FILE")_backup}"
}

_tp_rule='-------------------------------------------------'

# Shows $2 lines around line $1, and leaves the window where it was.
_tp_glance() {
    local line=$CURRENT_LINE window=$WINDOW
    echo "$_tp_rule"
    export CURRENT_LINE=$1 WINDOW=$2
    _constrain_line
    _print
    echo "$_tp_rule"
    export CURRENT_LINE=$line WINDOW=$window
}

_tp_updated='File updated. Please review the changes and make sure they are correct (correct indentation, no duplicate lines, etc). Edit the file again if necessary.'

_tp_refused() {
    printf '%s\n' "$_TP_REFUSED" '' 'ERRORS:' "$1" ''
    echo 'This is how your edit would have looked if applied'
}

_tp_put_back() {
    cp "$_TP_KEPT" "$CURRENT_FILE"
    printf '%s\n' '' 'This is the original code before your edit'
}

_tp_again() {
    echo 'Your changes have NOT been applied. Please fix your edit command and try again.'
    echo 'You either need to 1) Specify the correct start/end line arguments or 2) Correct your edit code.'
    echo 'DO NOT re-run the same failed edit command. Running it again will lead to the same error.'
}

# A number that bash reads as octal, and is none, ends the command with bash's complaint.
_tp_octal() {
    [[ $2 =~ ^0[0-9]*[89] ]] || return 0
    _tp_complain edit_linting.sh "$1" "$2: value too great for base (error token is \"$2\")"
    return 1
}
