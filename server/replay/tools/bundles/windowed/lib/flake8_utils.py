"""Linting under the names that bundles of a user import."""

from turnpike_lint import new_problems, run_linter


def flake8(file_path):
    return run_linter(str(file_path))


def format_flake8_output(input_string, previous_errors_string="", replacement_window=None, replacement_n_lines=None):
    return new_problems(input_string, previous_errors_string, replacement_window, replacement_n_lines)
