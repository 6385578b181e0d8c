# Sourced in the episode's shell. SWE-agent installs tree-sitter here, for which registry/lib/turnpike_elide.py stands.
case "${TURNPIKE_TOOLS_VERSION:-1.1}" in
  1.0*) echo '{}' >"${TURNPIKE_TOOLS_HOME:-/root}/state.json" ;;
esac
