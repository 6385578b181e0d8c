import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMMAND_IDS } from '../../../extension/commands/ids';
import { DEFAULTS, INSPECTOR, REWARDS_NAME, STATE_SCHEME } from '../../../extension/defaults';
import { EXTENSION_ID } from '../../../extension/deep-link';
import { READABLE_LANGUAGE, READABLE_SUFFIX } from '../../../server/protocol/uri';

const ROOT = resolve(import.meta.dirname, '../../..');
interface Setting {
  readonly default: unknown;
  readonly scope?: string;
  readonly order?: number;
  readonly markdownDescription?: string;
}
interface Manifest {
  readonly name: string;
  readonly publisher: string;
  readonly icon: string;
  readonly activationEvents: readonly string[];
  readonly capabilities: { readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] } };
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly category: string; readonly title: string; readonly icon?: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when?: string }[]>>;
    readonly keybindings: readonly { readonly command: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, Setting>> };
    readonly customEditors: readonly {
      readonly viewType: string;
      readonly priority: string;
      readonly selector: readonly { readonly filenamePattern: string }[];
    }[];
    readonly languages: readonly {
      readonly id: string;
      readonly extensions?: readonly string[];
      readonly filenames?: readonly string[];
      readonly configuration?: string;
    }[];
    readonly grammars: readonly { readonly language: string; readonly path: string }[];
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly viewsContainers: { readonly activitybar: readonly { readonly id: string; readonly icon: string }[] };
    readonly viewsWelcome: readonly { readonly view: string; readonly contents: string }[];
    readonly walkthroughs?: readonly {
      readonly steps: readonly { readonly description: string; readonly media: { readonly image?: string; readonly markdown?: string } }[];
    }[];
  };
}
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
const { contributes } = manifest;
const sources = readdirSync(join(ROOT, 'extension'), { recursive: true, encoding: 'utf8' })
  .filter((f) => f.endsWith('.ts'))
  .map((f) => readFileSync(join(ROOT, 'extension', f), 'utf8'))
  .join('\n');

describe('package.json and the extension', () => {
  test('name the same commands', () => {
    expect(contributes.commands.map((c) => c.command).sort()).toEqual([...COMMAND_IDS].sort());
    for (const c of contributes.commands) expect(c).toMatchObject({ category: 'Turnpike' });
  });

  test('have the same settings with the same defaults', () => {
    expect(Object.fromEntries(Object.entries(contributes.configuration.properties).map(([k, v]) => [k, v.default]))).toEqual({
      ...DEFAULTS,
    });
  });

  test('describe, scope and order every setting', () => {
    const settings = Object.values(contributes.configuration.properties);
    for (const [key, s] of Object.entries(contributes.configuration.properties)) {
      expect(s.markdownDescription).toMatch(/\.$/);
      // Folders of one window may be rewarded by different files.
      // What a container gets depends on the machine, and a workspace that is not trusted has no say in it.
      const replays = key.startsWith('turnpike.replay.') || key === 'turnpike.tests';
      expect(s.scope).toBe(key === 'turnpike.rewards.file' ? 'resource' : replays ? 'machine-overridable' : 'window');
      expect(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations.includes(key)).toBe(replays);
    }
    expect(settings.map((s) => s.order)).toEqual(settings.map((_, i) => i + 1));
  });

  test('read every setting that is offered', () => {
    for (const key of Object.keys(DEFAULTS)) expect(sources).toContain(`setting('${key}'`);
  });

  test('agree on the schemes that wake it', () => {
    expect(manifest.activationEvents).toContain(`onFileSystem:${STATE_SCHEME}`);
  });

  test('use only contributed commands in menus, keys, welcome texts and walkthrough', () => {
    const used = [...Object.values(contributes.menus).flat(), ...contributes.keybindings].map((m) => m.command);
    const linked = [
      ...contributes.viewsWelcome.map((w) => w.contents),
      ...(contributes.walkthroughs ?? []).flatMap((w) => w.steps.map((s) => s.description)),
    ].flatMap((text) => [...text.matchAll(/\(command:([\w.]+)/g)].map((m) => m[1] ?? ''));
    for (const id of [...used, ...linked]) if (!id.startsWith('workbench.')) expect(COMMAND_IDS).toContain(id);
  });

  test('agree on the editor, the languages and the views', () => {
    expect(contributes.customEditors).toEqual([
      {
        viewType: INSPECTOR,
        displayName: 'Turnpike',
        priority: 'default',
        selector: [{ filenamePattern: '*.traj' }, { filenamePattern: '*.traj.json' }],
      },
    ]);
    expect(contributes.languages.find((l) => l.id === READABLE_LANGUAGE)?.extensions).toEqual([READABLE_SUFFIX]);
    expect(contributes.languages.find((l) => l.id === 'turnpike-rewards')?.filenames).toEqual([REWARDS_NAME]);
    for (const view of Object.values(contributes.views).flat()) expect(sources).toContain(`createTreeView('${view.id}'`);
    expect(EXTENSION_ID).toBe(`${manifest.publisher}.${manifest.name}`);
  });

  test('point at files that exist', () => {
    const files = [
      manifest.icon,
      ...contributes.viewsContainers.activitybar.map((v) => v.icon),
      ...contributes.languages.flatMap((l) => l.configuration ?? []),
      ...contributes.grammars.map((g) => g.path),
      ...(contributes.walkthroughs ?? []).flatMap((w) => w.steps.map((s) => s.media.image ?? s.media.markdown ?? '')),
    ];
    expect(files.filter((f) => !existsSync(join(ROOT, f)))).toEqual([]);
  });

  test('ship samples of at most 250 kB', () => {
    const folder = join(ROOT, 'extension/samples');
    const sizes = readdirSync(folder).map((f) => statSync(join(folder, f)).size);
    expect(sizes.length).toBeGreaterThan(2);
    expect(sizes.reduce((a, b) => a + b)).toBeLessThan(250_000);
  });
});
