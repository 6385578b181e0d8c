/** What a replay runs with: what the user says now, else the settings, else what the episode says. Pure. */
import type { Report } from '../episode/index';
import type { ReplayChoice, ReplaySettings } from '../protocol/index';
import type { ReplayOptions, TestWish } from '../replay/index';

/** As SWE-bench gives a task's tests. */
const TESTS_MS = 1_800_000;

/**
 * @param instance the task; null: the episode names none, and only patterns that match everything match it
 * @param report the one beside the file: its lists say which tests count
 */
export function optionsOf(
  choice: ReplayChoice,
  settings: ReplaySettings,
  instance: string | null,
  report: Report | null = null,
): ReplayOptions {
  const { image, repository, until, tests } = choice;
  return {
    image: image ?? matched(settings.images, instance),
    repository: repository ?? matched(settings.repositories, instance),
    limits: settings.limits ?? {},
    until: until ?? null,
    runtime: settings.runtime === undefined || settings.runtime === '' ? null : settings.runtime,
    tests: testsOf(tests ?? matched(settings.tests, instance), report),
  };
}

function testsOf(command: string | null, report: Report | null): TestWish | null {
  if (command === null || command.trim() === '') return null;
  const { failToPass = null, passToPass = null } = report?.lists ?? {};
  return { command, parser: null, failToPass, passToPass, timeoutMs: TESTS_MS };
}

/** The value of the first pattern that matches; null: none does. */
function matched<T>(byPattern: Readonly<Record<string, T>> | undefined, instance: string | null): T | null {
  const found = Object.entries(byPattern ?? {}).find(([pattern]) => matches(pattern, instance ?? ''));
  return found === undefined ? null : found[1];
}

/** `*` stands for any text, everything else for itself. */
export function matches(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return pattern === text;
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found === -1 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
