# Sourced in the episode's shell, after the registry. 1.0 appends to PYTHONPATH, 1.1 puts its library first.
_turnpike_lib=$(cd -- "$(dirname -- "${BASH_SOURCE[0]:-$0}")" >/dev/null 2>&1 && pwd)/lib
case "${TURNPIKE_TOOLS_VERSION:-1.1}" in
  1.0*)
    export PYTHONPATH="${PYTHONPATH:-}:$_turnpike_lib"
    echo '{}' >"${TURNPIKE_TOOLS_HOME:-/root}/state.json"
    ;;
  *) export PYTHONPATH="$_turnpike_lib:${PYTHONPATH:-}" ;;
esac
unset _turnpike_lib
_write_env WINDOW "${WINDOW:-100}"
_write_env OVERLAP "${OVERLAP:-2}"
_write_env FIRST_LINE "${FIRST_LINE:-0}"
_write_env CURRENT_FILE "${CURRENT_FILE:-}"
