"""Variables that last from one tool call to the next, kept as one JSON object in a file.

A tool is a process of its own and can't change the shell's environment, so SWE-agent keeps what tools share in
`/root/.swe-agent-env`. Tool bundles of a user import this module by name: `from registry import registry`.
"""

import io
import json
import os

DEFAULT_FILE = "/root/.swe-agent-env"


class Registry(object):
    @property
    def path(self):
        path = os.environ.get("SWE_AGENT_ENV_FILE", DEFAULT_FILE)
        if not os.path.exists(path):
            self._save(path, {})
        return path

    def _load(self):
        with io.open(self.path) as file:
            return json.load(file)

    @staticmethod
    def _save(path, values):
        # Serialised first: a value JSON does not know must not leave an empty file behind.
        text = json.dumps(values)
        with io.open(path, "w") as file:
            file.write(text)

    def __getitem__(self, name):
        return self._load()[name]

    def __setitem__(self, name, value):
        values = self._load()
        values[name] = value
        self._save(self.path, values)

    def get(self, name, default_value=None, fallback_to_env=True):
        """The stored value, else the environment's, else the default."""
        if fallback_to_env:
            default_value = os.environ.get(name, default_value)
        return self._load().get(name, default_value)

    def get_if_none(self, value, name, default_value=None):
        return self.get(name, default_value) if value is None else value


registry = Registry()


def scaffold_file(name):
    """A file of the scaffold's own, `/root/<name>` unless the runtime keeps them elsewhere (a test does)."""
    return os.path.join(os.environ.get("TURNPIKE_TOOLS_HOME", "/root"), name)


def write_submission(repository):
    """Stage everything in the repository and write the staged diff to the scaffold's patch file, whose path is returned.

    A file that git ignores stays out; where git fails the patch of an earlier call stays as it is.
    """
    import subprocess

    path = scaffold_file("model.patch")
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": repository}
    try:
        staged = subprocess.call(["git", "add", "-A"], **quiet)
    except OSError:
        if repository is not None and not os.path.isdir(repository):
            raise
        staged = 127
    if staged == 0:
        with io.open(path, "wb") as patch:
            subprocess.call(["git", "diff", "--cached"], **dict(quiet, stdout=patch))
    return path


def read_patch(path):
    """Bytes that are no text are shown as `\\xNN`."""
    with io.open(path, errors="backslashreplace") as patch:
        return patch.read()


def read_state():
    """The state that the scaffold reads after each action."""
    path = scaffold_file("state.json")
    if not os.path.exists(path):
        return {}
    with io.open(path) as file:
        return json.load(file)


def write_state(state):
    text = json.dumps(state)
    with io.open(scaffold_file("state.json"), "w") as file:
        file.write(text)
