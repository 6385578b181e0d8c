/**
 * A real VS Code (code-server from npm) in a real Chromium, with the packaged extension installed.
 *
 *   const host = await openHost({ files: { 'a.traj': bytes, 'sub/b.traj': '/path/of/a/file' }, open: 'a.traj' });
 *   const page = await host.inspector();                  // the custom editor's page: a FrameLocator
 *   await page.getByRole('heading', …).waitFor();
 *   await host.command('Turnpike: Go to Turn…');           // through the palette
 *   await host.openFile('sub/b.traj');                    // through quick open
 *   host.write('turnpike.rewards.yaml', text);            // edits a file of the workspace, on disk
 *   await host.configure({ 'workbench.colorTheme': THEMES.light });
 *   await host.screenshot('inspector-wide-light');        // out/screenshots/inspector-wide-light.png
 *   expect(host.outside()).toEqual([]);                   // hosts that browser, editor or language server asked for
 *   await host.close();                                   // in afterAll; ends server and browser, removes the profile
 *
 * Options: `trust: true` turns workspace trust on (the workspace is then untrusted until `host.trustWorkspace()`), `settings`, `size`,
 * `vsix: false` starts without the extension. Only locator waits, no sleeps. A browser or editor that can't start throws: the
 * suite then fails.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, FrameLocator, Page } from 'playwright-core';
import { codeServerCli, makeProfile, startCodeServer } from '../../tools/lib/code-server.mjs';
import type { Profile, Server } from '../../tools/lib/code-server.mjs';
import { findBrowser } from '../../tools/lib/install.mjs';
import { OUT, ROOT, vsixPath } from '../../tools/lib/paths.mjs';

export const THEMES = {
  dark: 'Dark Modern',
  light: 'Light Modern',
  highContrast: 'Default High Contrast',
  highContrastLight: 'Default High Contrast Light',
} as const;

export interface HostOptions {
  /** Workspace files by relative path: bytes or text, or `{ from }` an existing file or folder, which is copied. */
  readonly files?: Readonly<Record<string, string | Uint8Array | { readonly from: string }>>;
  /** A workspace file to open at the start. */
  readonly open?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly size?: { readonly width: number; readonly height: number };
  /** Workspace trust is on; default off. */
  readonly trust?: boolean;
  /** Install the packaged extension; default true. */
  readonly vsix?: boolean;
  /** Folders of unpacked extensions to put beside it. */
  readonly extensions?: readonly string[];
  /** Variables of the editor's server besides. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds that a locator waits; default 30,000. */
  readonly patience?: number;
}

export interface Host {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly server: Server;
  readonly profile: Profile;
  /** Folder that is open in the editor. */
  readonly workspace: string;
  /** Errors that were thrown in the workbench page. */
  readonly errors: readonly string[];
  /** The page of the custom editor that was opened last. */
  inspector(): FrameLocator;
  command(title: string): Promise<void>;
  /** A command that asks, and the row that is taken; asked again where the list closes before it can be. */
  choose(title: string, row: string): Promise<void>;
  openFile(path: string): Promise<void>;
  trustWorkspace(): Promise<void>;
  reload(): Promise<void>;
  write(path: string, content: string | Uint8Array): void;
  read(path: string): string;
  /** Waits until VS Code watches the workspace: before, it misses changes on disk. Needs a visible explorer. */
  watching(): Promise<void>;
  /** Changes settings of the workspace. */
  configure(settings: Readonly<Record<string, unknown>>): Promise<void>;
  screenshot(name: string): Promise<string>;
  outside(): readonly string[];
  log(): string;
  close(): Promise<void>;
}

/** Hosts that are open now: setup.ts takes their picture when a test fails. */
export const openHosts = new Set<Host>();

export const SCREENSHOTS = join(OUT, 'screenshots');

/** A Chromium that reaches nothing but this machine. `CHROME_PATH`, else what is on the PATH. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROME_PATH ?? findBrowser();
  if (!executablePath) throw new Error('No Chrome or Chromium found: install one, or set CHROME_PATH to its program.');
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--force-color-profile=srgb',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  });
}

/** VS Code's made-up host of a webview's own files: a service worker answers for it. */
const WEBVIEW_HOST = '.vscode-resource.vscode-cdn.net';

/** Collects the hosts that a browser context asked for beyond this machine. A service worker's own answers leave nothing. */
function watchNetwork(context: BrowserContext, outside: Set<string>): void {
  const note = (url: string): void => {
    const { protocol, hostname } = new URL(url);
    if (/^(http|ws)s?:$/.test(protocol) && hostname !== '127.0.0.1') outside.add(hostname);
  };
  context.on('requestfailed', (request) => {
    // A page that is torn down gives up what its service worker was answering; one that asked the network would fail to find the host.
    const given = request.failure()?.errorText === 'net::ERR_ABORTED' && new URL(request.url()).hostname.endsWith(WEBVIEW_HOST);
    if (!given) note(request.url());
  });
  context.on('response', (response) => {
    if (!response.fromServiceWorker()) note(response.url());
  });
}

export async function openHost(options: HostOptions = {}): Promise<Host> {
  // short: socket paths must stay under 108 characters
  const base = mkdtempSync(join(tmpdir(), 'tp-'));
  const workspace = join(base, 'ws');
  mkdirSync(workspace);
  const place = (path: string): string => {
    const file = join(workspace, path);
    mkdirSync(dirname(file), { recursive: true });
    return file;
  };
  for (const [path, content] of Object.entries(options.files ?? {})) {
    if (typeof content === 'string' || content instanceof Uint8Array) writeFileSync(place(path), content);
    else cpSync(content.from, place(path), { recursive: true });
  }

  const settings: Record<string, unknown> = {
    'editor.codeLens': true,
    'editor.inlayHints.enabled': 'on',
    'files.autoSave': 'off',
    'git.enabled': false,
    'npm.autoDetect': 'off',
    'window.autoDetectColorScheme': false,
    'window.autoDetectHighContrast': false,
    'window.restoreWindows': 'none',
    'workbench.colorTheme': THEMES.dark,
    ...(options.trust
      ? { 'security.workspace.trust.startupPrompt': 'never', 'security.workspace.trust.banner': 'never' }
      : { 'security.workspace.trust.enabled': false }),
    ...options.settings,
  };
  const profile = makeProfile(base, settings);
  const outsideFile = join(base, 'outside.txt');
  const outside = new Set<string>();
  const errors: string[] = [];
  let server: Server | undefined;
  let browser: Browser | undefined;

  const close = async (): Promise<void> => {
    for (const host of openHosts) if (host.profile === profile) openHosts.delete(host);
    await browser?.close();
    await server?.stop();
    rmSync(base, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };

  try {
    // unpacked folders first: VS Code looks for them only until it has its own list
    for (const extension of options.extensions ?? []) cpSync(extension, join(profile.extensions, basename(extension)), { recursive: true });
    if (options.vsix !== false) {
      if (!existsSync(vsixPath())) throw new Error(`${vsixPath()} does not exist. Make the package first: npm run package`);
      await codeServerCli(profile, ['--install-extension', vsixPath()]);
    }
    server = await startCodeServer(profile, {
      trust: options.trust ?? false,
      env: { ...options.env, TURNPIKE_OUTSIDE: outsideFile, NODE_OPTIONS: `--require ${join(ROOT, 'test/host/record-net.cjs')}` },
    });
    browser = await launchBrowser();
    const context = await browser.newContext({ viewport: options.size ?? { width: 1400, height: 900 } });
    context.setDefaultTimeout(options.patience ?? 30_000);
    watchNetwork(context, outside);
    const page = await context.newPage();
    page.on('pageerror', (error) => errors.push(String(error)));
    const started = server;
    const workbench = async (): Promise<void> => {
      await page.locator('.monaco-workbench').waitFor();
      await page.locator('.statusbar').waitFor();
      // Before its view is there, the extension is not registered, and an episode would open as text.
      if (options.vsix !== false) await page.locator('.activitybar [aria-label*="Turnpike"]').first().waitFor();
    };
    const openFile = async (path: string): Promise<void> => {
      // Quick open lists the files once as it opens: one that was just written is in the next list.
      for (let tries = 1; ; tries++) {
        await ask(page, 'Control+P', path);
        try {
          await pick(page, basename(path), { folder: dirname(path), timeout: 5000 });
          return;
        } catch (error) {
          if (tries === 6) throw error;
          await page.keyboard.press('Escape');
        }
      }
    };
    await page.goto(server.address(workspace));
    await workbench();

    const workspaceSettings: Record<string, unknown> = {};
    let probes = 0;
    let watched = false;
    const watching = async (): Promise<void> => {
      if (watched) return;
      for (let tries = 0; ; tries++) {
        const probe = `zz-probe-${++probes}`;
        const row = page.getByRole('treeitem', { name: probe });
        const noticed = (state: 'visible' | 'detached'): Promise<boolean> =>
          row.waitFor({ state, timeout: 1500 }).then(
            () => true,
            () => false,
          );
        writeFileSync(join(workspace, probe), '');
        const seen = await noticed('visible');
        rmSync(join(workspace, probe));
        // the first listing of the folder shows a new file too: only a removal proves the watch
        if (seen && (await noticed('detached'))) {
          watched = true;
          return;
        }
        if (tries === 20) throw new Error('VS Code does not watch the workspace');
      }
    };
    const host: Host = {
      page,
      context,
      server,
      profile,
      workspace,
      errors,
      inspector: () => page.frameLocator('iframe.webview.ready').last().frameLocator('iframe#active-frame'),
      command: async (title) => {
        await ask(page, 'F1', `>${title}`);
        await pick(page, title);
      },
      choose: async (title, row) => {
        for (let tries = 1; ; tries++) {
          await ask(page, 'F1', `>${title}`);
          await pick(page, title);
          try {
            await page.locator('.quick-input-list .monaco-list-row', { hasText: row }).first().click({ timeout: 5000 });
            return;
          } catch (error) {
            if (tries === 4) throw error;
            await page.keyboard.press('Escape');
          }
        }
      },
      openFile,
      trustWorkspace: async () => {
        await ask(page, 'F1', '>Workspaces: Manage Workspace Trust');
        await pick(page, 'Workspaces: Manage Workspace Trust');
        await page
          .locator('.workspace-trust-buttons-row .monaco-button', { hasText: /^Trust/ })
          .first()
          .click();
        await page.locator('.workspace-trust-editor.trusted').waitFor();
      },
      reload: async () => {
        watched = false;
        await page.reload();
        await workbench();
      },
      write: (path, content) => writeFileSync(place(path), content),
      read: (path) => readFileSync(join(workspace, path), 'utf8'),
      watching,
      configure: async (changes) => {
        await watching();
        Object.assign(workspaceSettings, changes);
        writeFileSync(place('.vscode/settings.json'), JSON.stringify(workspaceSettings, null, 2));
      },
      screenshot: async (name) => {
        mkdirSync(SCREENSHOTS, { recursive: true });
        const file = join(SCREENSHOTS, `${name}.png`);
        await page.screenshot({ path: file });
        return file;
      },
      outside: () => {
        const noted = existsSync(outsideFile) ? readFileSync(outsideFile, 'utf8').split('\n').filter(Boolean) : [];
        return [...new Set([...outside, ...noted])].sort();
      },
      log: () => readFileSync(started.logFile, 'utf8'),
      close,
    };
    openHosts.add(host);
    if (options.open !== undefined) await openFile(options.open);
    return host;
  } catch (error) {
    await close();
    throw error;
  }
}

const QUICK_INPUT = '.quick-input-widget input';

/** Opens a quick input by its key and types. One that is just closing swallows the key, so it is pressed until one is open. */
async function ask(page: Page, key: string, query: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    await page.keyboard.press(key);
    try {
      await page.locator(QUICK_INPUT).first().fill(query, { timeout: 5000 });
      return;
    } catch (error) {
      if (tries === 6) throw error;
    }
  }
}

/**
 * Takes the row of the open quick input whose name is exactly `words` (an ellipsis after them may be left out).
 * @param folder of the file that is meant: what was opened lately is listed before the query has its say
 */
async function pick(page: Page, words: string, { folder = '.', timeout }: { folder?: string; timeout?: number } = {}): Promise<void> {
  const exact = new RegExp(`^${words.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')}(…|\\.\\.\\.)?$`);
  await page
    .locator('.quick-input-list .monaco-list-row', { has: page.locator('.label-name', { hasText: exact }) })
    .filter(folder === '.' ? {} : { hasText: folder })
    .first()
    .click(timeout === undefined ? {} : { timeout });
}
