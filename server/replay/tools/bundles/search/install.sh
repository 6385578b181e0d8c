# Sourced in the episode's shell. Left over from 0.x: nothing reads them, but they are in the registry.
_write_env SEARCH_RESULTS '()'
_write_env SEARCH_FILES '()'
_write_env SEARCH_INDEX 0
