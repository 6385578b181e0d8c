# Hands in a flag.
submit() {
    if [[ -z $1 ]]; then
        echo 'Usage: submit <flag>'
        return
    fi
    printf '<<SUBMISSION||'
    echo -n "$@"
    echo '||SUBMISSION>>'
}
