/** Opens the built page in a real Chromium, with a host that answers its requests. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { FromPage, PageAction, SeenMessage, ToPage } from '../../server/protocol/index';
import type { KeptState } from '../../webview/host';
import type { Fixture } from './episodes';
import { THEMES, type ThemeName } from './themes';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const ORIGIN = 'http://page.test';
const NONCE = 'n0nce';

export interface Bundle {
  readonly js: string;
  readonly css: string;
}

/** As in tools/build.mjs: ansi-output ships a UMD file under "type": "module". */
const umd: Plugin = {
  name: 'umd',
  setup(bundle) {
    bundle.onResolve({ filter: /^ansi-output$/ }, ({ path }) => ({ path, namespace: 'umd' }));
    bundle.onLoad({ filter: /.*/, namespace: 'umd' }, () => ({
      contents: readFileSync(join(ROOT, 'node_modules/ansi-output/dist/ansi-output.js'), 'utf8'),
      loader: 'js',
    }));
  },
};

/** Builds the page as it ships: minified, one script and one style sheet. */
export async function bundle(): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), 'turnpike-page-'));
  try {
    await build({
      absWorkingDir: ROOT,
      entryPoints: ['webview/main.tsx'],
      outfile: join(folder, 'webview.js'),
      bundle: true,
      minify: !process.env['PROFILE'],
      platform: 'browser',
      format: 'iife',
      target: ['chrome128'],
      jsx: 'automatic',
      jsxImportSource: 'preact',
      logLevel: 'silent',
      logOverride: { 'import-is-undefined': 'error' },
      plugins: [umd],
      define: { 'process.env.NODE_ENV': '"production"' },
    });
    return { js: readFileSync(join(folder, 'webview.js'), 'utf8'), css: readFileSync(join(folder, 'webview.css'), 'utf8') };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function launch(): Promise<Browser> {
  const executablePath = process.env['CHROME_PATH'] ?? ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path));
  if (!executablePath) throw new Error('No Chromium found. Install it (apt-get install chromium) or set CHROME_PATH to a browser.');
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP * ~NOTFOUND'] });
}

/** Answers the page's requests. Throwing gives an error answer. */
export type Answer = (method: string, params: Record<string, unknown>, signal: AbortSignal) => unknown;

export interface OpenOptions {
  readonly answer: Answer;
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  readonly uri?: string;
  readonly attempt?: number | null;
  readonly turn?: number | null;
  readonly saved?: KeptState;
  readonly reducedMotion?: boolean;
  readonly scale?: number;
}

export interface Inspector {
  readonly page: Page;
  /** What the page asked the editor to do. */
  readonly actions: PageAction[];
  /** Requests in the order in which they came. */
  readonly requests: { readonly method: string; readonly params: unknown }[];
  readonly cancelled: number[];
  /** Errors of the page: exceptions, console errors, blocked contents. */
  readonly errors: string[];
  send(message: ToPage): Promise<void>;
  state(): Promise<KeptState | null>;
  close(): Promise<void>;
}

const html = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Turnpike</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src ${ORIGIN} data:; font-src ${ORIGIN}; style-src ${ORIGIN}; script-src 'nonce-${NONCE}'; connect-src 'none'">
<link rel="stylesheet" href="${ORIGIN}/webview.css"></head><body><script nonce="${NONCE}" src="${ORIGIN}/webview.js"></script></body></html>`;

export async function inspect(browser: Browser, { js, css }: Bundle, options: OpenOptions): Promise<Inspector> {
  const {
    answer,
    theme = 'dark',
    width = 1400,
    height = 900,
    uri = 'file:///episodes/django__django-16255.traj',
    attempt = null,
    turn = null,
    saved = null,
    reducedMotion = false,
    scale = 1,
  } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    deviceScaleFactor: scale,
    reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
  });
  const page = await context.newPage();
  const actions: PageAction[] = [];
  const requests: { method: string; params: unknown }[] = [];
  const cancelled: number[] = [];
  const errors: string[] = [];
  const running = new Map<number, AbortController>();
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
  });

  const send = async (message: ToPage): Promise<void> => {
    if (!page.isClosed()) await page.evaluate((data) => window.dispatchEvent(new MessageEvent('message', { data })), message);
  };
  const reply = async (id: number, method: string, params: unknown): Promise<void> => {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const result = await answer(method, (params ?? {}) as Record<string, unknown>, controller.signal);
      if (!controller.signal.aborted) await send({ t: 'result', id, result });
    } catch (error) {
      if (!controller.signal.aborted) await send({ t: 'error', id, message: error instanceof Error ? error.message : String(error) });
    } finally {
      running.delete(id);
    }
  };
  await page.exposeFunction('toHost', (message: FromPage) => {
    switch (message.t) {
      case 'ready':
        void send({ t: 'hello', uri, attempt, turn, sample: false });
        break;
      case 'request':
        requests.push({ method: message.method, params: message.params });
        void reply(message.id, message.method, message.params);
        break;
      case 'cancel':
        cancelled.push(message.id);
        running.get(message.id)?.abort();
        break;
      case 'do':
        actions.push(message.action);
    }
  });
  const { variables, bodyClass } = THEMES[theme];
  await page.addInitScript(
    ({ variables, bodyClass, saved }) => {
      let state: unknown = saved;
      const target = globalThis as unknown as Record<string, unknown> & { toHost(message: unknown): void };
      target['acquireVsCodeApi'] = () => ({
        postMessage: (message: unknown) => target.toHost(message),
        getState: () => state,
        setState: (next: unknown) => (state = next),
      });
      target['keptState'] = () => state;
      document.addEventListener('DOMContentLoaded', () => document.body.classList.add(...bodyClass.split(' ')));
      const dress = (): void => {
        for (const [name, value] of Object.entries(variables)) document.documentElement.style.setProperty(name, value);
      };
      if (document.documentElement) dress();
      else
        new MutationObserver((_, observer) => document.documentElement && (observer.disconnect(), dress())).observe(document, {
          childList: true,
        });
    },
    { variables, bodyClass, saved },
  );
  await page.route('**/*', async (route) => {
    const url = route.request().url();
    if (url === `${ORIGIN}/`) await route.fulfill({ contentType: 'text/html', body: html });
    else if (url === `${ORIGIN}/webview.js`) await route.fulfill({ contentType: 'text/javascript', body: js });
    else if (url === `${ORIGIN}/webview.css`) await route.fulfill({ contentType: 'text/css', body: css });
    else {
      if (!url.endsWith('favicon.ico')) errors.push(`The page asked for ${url}.`);
      await route.abort();
    }
  });
  await page.goto(`${ORIGIN}/`);
  return {
    page,
    actions,
    requests,
    cancelled,
    errors,
    send,
    // As text: the browser's own copying drops names like `__proto__`.
    state: async () =>
      JSON.parse(
        await page.evaluate(() => JSON.stringify((globalThis as unknown as { keptState(): unknown }).keptState() ?? null)),
      ) as KeptState | null,
    close: () => context.close(),
  };
}

/** A host that answers from a made-up episode. */
export function answerFrom(fixture: Fixture): Answer {
  return (method, params) => {
    switch (method) {
      case 'turnpike/open':
        return { view: { ...fixture.view, attempt: Number(params['attempt'] ?? 0) } };
      case 'turnpike/rows':
        return { revision: fixture.view.revision, rows: fixture.rows(Number(params['from']), Number(params['to'])) };
      case 'turnpike/turn':
        return fixture.turn(Number(params['index']), Number(params['limit'] ?? 20_000));
      case 'turnpike/seen':
        return seenWindow(fixture.seen(Number(params['index'])), params);
      case 'turnpike/replay/turn':
        return fixture.replayTurn?.(Number(params['index'])) ?? null;
      case 'turnpike/text':
        return fixture.text(String(params['what']));
      case 'turnpike/find': {
        const query = String(params['query']).toLowerCase();
        const hits = fixture
          .rows(0, fixture.view.turnCount)
          .filter((row) => row.action.toLowerCase().includes(query))
          .map((row) => ({
            turn: row.index,
            field: 'action' as const,
            offset: row.action.toLowerCase().indexOf(query),
            length: query.length,
            excerpt: row.action,
          }));
        return { hits: hits.slice(0, Number(params['limit'] ?? 1000)), total: hits.length, capped: false };
      }
      default:
        throw new Error(`No such method: ${method}`);
    }
  };
}

/** Windows of messages as the server gives them. */
function seenWindow(all: readonly SeenMessage[], { from, to }: Record<string, unknown>): unknown {
  const messages =
    from === undefined ? (all.length <= 200 ? all : [...all.slice(0, 20), ...all.slice(-180)]) : all.slice(Number(from), Number(to));
  return { messages, from: Number(from ?? 0), total: all.length, source: 'query', note: null };
}

/** Waits until list and detail show their texts. */
export async function settled(page: Page): Promise<void> {
  await page.locator('[data-testid=turn-list] [data-loaded=true]').first().waitFor();
  await page.locator('[data-testid=detail][data-loaded=true]').waitFor();
}
