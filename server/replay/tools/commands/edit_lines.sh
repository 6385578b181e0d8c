edit() {
    _tp_open_first '`open`' || return 0
    local range="$1:" first last before replacement errors
    first=${range%%:*}
    last=${range#*:}
    last=${last%%:*}
    local usage='Usage: edit <start_line>:<end_line>'
    if [[ -z $first || -z $last ]]; then
        echo "$usage"
        return
    elif [[ ! $first =~ ^[0-9]+$ ]]; then
        printf '%s\n' "$usage" 'Error: start_line must be a number'
        return
    elif [[ ! $last =~ ^[0-9]+$ ]]; then
        printf '%s\n' "$usage" 'Error: end_line must be a number'
        return
    fi
    before=''
    [[ -n $_TP_KNOWN ]] && before=$(_tp_lint "$CURRENT_FILE")
    _tp_octal "$_TP_START_LINE" "$first" && _tp_octal $((_TP_START_LINE + 1)) "$last" || return 1
    first=$((first - 1))
    last=$((last))
    _tp_incoming
    _tp_keep
    _tp_replace edit_linting.sh "$_TP_READ_LINE" $((_TP_READ_LINE + 1)) $((_TP_READ_LINE + 3)) "$first" "$last" || return 1

    local added=${#replacement[@]}
    errors=''
    if [[ $CURRENT_FILE == *.py ]]; then
        errors=$(_tp_lint "$CURRENT_FILE")
        if [[ -n $_TP_KNOWN ]]; then
            errors=$(_split_string "$errors" "$before" $((first + 1)) "$last" "$added")
        elif [[ -n $errors ]]; then
            errors=$(_split_string "$errors")
        fi
    fi
    if [[ -z $errors ]]; then
        export CURRENT_LINE=$first
        _constrain_line
        _print
        echo "$_tp_updated"
    else
        _tp_refused "$errors"
        _tp_glance $((added / 2 + first)) $((added + 10))
        _tp_put_back
        _tp_glance $(((last - first + 1) / 2 + first)) $((last - first + 10))
        _tp_again
    fi
    rm -f "$_TP_KEPT"
}
