# Sourced in the episode's shell. 1.0 appends to PYTHONPATH, 1.1 puts its library first.
_turnpike_lib=$(cd -- "$(dirname -- "${BASH_SOURCE[0]:-$0}")" >/dev/null 2>&1 && pwd)/lib
case "${TURNPIKE_TOOLS_VERSION:-1.1}" in
  1.0*) export PYTHONPATH="${PYTHONPATH:-}:$_turnpike_lib" ;;
  *) export PYTHONPATH="$_turnpike_lib:${PYTHONPATH:-}" ;;
esac
unset _turnpike_lib
