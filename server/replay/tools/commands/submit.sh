# Hands in everything that changed in the repository.
submit() {
    # shellcheck disable=SC2086
    cd $ROOT
    [[ -s /root/test.patch ]] && git apply -R </root/test.patch
    git add -A
    git diff --cached >model.patch
    printf '<<SUBMISSION||\n'
    cat model.patch
    printf '||SUBMISSION>>\n'
}
