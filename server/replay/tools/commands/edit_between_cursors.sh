edit() {
    _tp_open_first '`open`' || return 0
    local first=$((START_CURSOR - 1)) last=$((END_CURSOR)) replacement errors='' end
    ((first < 0)) && first=0
    ((last < 0)) && last=0
    _tp_incoming
    _tp_keep
    _tp_replace cursors_edit_linting.sh 34 35 37 "$first" "$last"

    local added=${#replacement[@]}
    [[ $CURRENT_FILE == *.py ]] && errors=$(_tp_lint "$CURRENT_FILE")
    end=$((added == 0 ? START_CURSOR : START_CURSOR + added - 1))
    if [[ -z $errors ]]; then
        _constrain_line
        export END_CURSOR=$end START_CURSOR
        _print
        echo "$_tp_updated"
    else
        _tp_refused "$(_split_string "$errors")"
        local kept=$END_CURSOR
        export END_CURSOR=$end
        _tp_glance $((added / 2 + first)) $((added + 10))
        _tp_put_back
        export END_CURSOR=$kept
        _tp_glance $(((last - first) / 2 + first)) $((last - first + 10))
        export END_CURSOR=$kept
        _tp_again
    fi
    rm -f "$_TP_KEPT"
}
