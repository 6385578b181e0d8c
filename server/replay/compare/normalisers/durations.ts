import type { Normaliser } from '../normaliser';

const NUMBER = String.raw`\d+(?:\.\d+)?(?:e-?\d+)?`;
const UNIT = String.raw`(?:ns|µs|us|ms|s|secs?|seconds?|m|min|minutes?)`;
/** A number is a duration only after a word that says so: `assert 0.12 == 0.13` and `timeout=30s` are results. */
const AFTER_WORD = new RegExp(String.raw`\b(in|took|elapsed:?|after|Time:|duration:?) (${NUMBER}) ?(${UNIT})\b`, 'g');
/** `real 0m1.234s`, as bash's `time` prints. */
const BASH_TIME = /^(real|user|sys)\s+\d+m\d+\.\d+s$/;
/** `0.12s call tests/test_x.py::test_y`, as pytest's `--durations` prints. */
const SLOWEST = /^\d+\.\d+s (call|setup|teardown)\b/;

export const durations: Normaliser = {
  id: 'durations',
  label: 'how long something took',
  line: (line) =>
    line
      .replace(AFTER_WORD, '$1 <duration>')
      .replace(/<duration> \(\d+:\d\d:\d\d\)/, '<duration>')
      .replace(BASH_TIME, '$1 <duration>')
      .replace(SLOWEST, '<duration> $1'),
};
