/** One browser and one build for a file of tests, and pages that are closed after each of them, without errors. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { Fixture } from './episodes';
import { answerFrom, bundle, inspect, launch, type Answer, type Bundle, type Inspector, type OpenOptions } from './harness';

export type Open = (given: Fixture | Answer, options?: Partial<OpenOptions>) => Promise<Inspector>;

/** Sets up the file that calls it; the returned function opens the page on an episode. */
export function inspector(): Open {
  let browser: Browser;
  let built: Bundle;
  const opened: Inspector[] = [];
  beforeAll(async () => {
    [browser, built] = await Promise.all([launch(), bundle()]);
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    for (const one of opened.splice(0)) {
      expect(one.errors).toEqual([]);
      await one.close();
    }
  });
  return async (given, options = {}) => {
    const one = await inspect(browser, built, { answer: typeof given === 'function' ? given : answerFrom(given), ...options });
    opened.push(one);
    return one;
  };
}

/** Index of the turn that the detail shows. */
export const selected = (page: Page): Promise<string | null> => page.locator('[data-testid=detail]').getAttribute('data-turn');
export const announced = (page: Page): Promise<string | null> => page.locator('[data-testid=announcement]').textContent();
/** What the header says of a fact. */
export const fact = (page: Page, id: string): Promise<string | null> => page.locator(`[data-fact=${id}] .fact-value`).textContent();
