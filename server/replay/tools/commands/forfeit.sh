exit_forfeit() {
    echo 'Forfeit 😥'
}
