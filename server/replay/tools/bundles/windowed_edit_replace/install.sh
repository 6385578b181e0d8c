# Sourced in the episode's shell. SWE-agent installs flake8 here; an image without it is linted by registry/lib/turnpike_flake8.py.
_write_env CURRENT_FILE "${CURRENT_FILE:-}"
_write_env CURRENT_LINE "${CURRENT_LINE:-0}"
_write_env WINDOW "$WINDOW"
