/** A language server with a folder of its own, over the tests' engine. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';
import { LABEL, StateStore } from '../../server/replay/index';
import type { EpisodeView, ReplayFailure, ReplayProgress, ReplaySettings, ReplayView } from '../../server/protocol/index';
import { Client, RICH, uriOf } from '../integration/lsp/client';
import { CLIENT_COMMANDS } from '../../server/language/commands';
import { CORPUS, connectToTestEngine, marshmallow, testImage } from './support';

const SWE_AGENT = join(CORPUS, 'swe-agent/mit__SWE-agent');
/** Eleven turns that came out equal or as noise but for what wants a network. */
export const SHORT = join(SWE_AGENT, 'demo__mm1867-function_calling__install-1__869aa18f.traj');
export const OTHERS = [
  join(SWE_AGENT, 'demo__mm1867-function_calling_replace__install-1__e03387a0.traj'),
  join(SWE_AGENT, 'demo__mm1867-function_calling_replace_from_source__e33b8db2.traj'),
];
/** 189 commands. */
export const LONG = join(
  CORPUS,
  'mini-swe-agent/mit__mini-swe-agent/pr__deepseek_lite_dev__marshmallow-code__marshmallow-1343__91568b.traj.json',
);

export type StartResult = { readonly view: ReplayView } | { readonly failure: ReplayFailure };

export const storageFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-service-'));
  onTestFinished(async () => {
    const { docker } = await connectToTestEngine();
    const { id } = new StateStore(join(folder, 'states'));
    for (const { Id } of await docker.listImages({ filters: { label: [`dev.turnpike.store=${id}`] } }))
      await docker
        .getImage(Id)
        .remove()
        .catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
};

export interface ServerWish {
  readonly trusted?: boolean;
  readonly replay?: ReplaySettings;
  readonly host?: string;
}

export async function startServer({ trusted = true, replay = {}, host = inject('engine').host }: ServerWish): Promise<Client> {
  const settings: ReplaySettings = {
    images: { '*': testImage('marshmallow') },
    repositories: {
      '*1867*': { directory: marshmallow(), commit: 'mm1867' },
      '*1343*': { directory: marshmallow(), commit: 'mm1343' },
    },
    ...replay,
  };
  const client = await Client.start({
    capabilities: RICH,
    env: { DOCKER_HOST: host },
    initializationOptions: {
      rewardsFile: '',
      mutedRules: [],
      trusted,
      allowedModules: [],
      commands: Object.values(CLIENT_COMMANDS),
      replay: settings,
    },
  });
  onTestFinished(async () => {
    if (client.child.exitCode === null && client.child.signalCode === null) await client.stop();
  });
  return client;
}

export const ref = (path: string): { uri: string } => ({ uri: uriOf(path) });

export async function viewOf(client: Client, path: string): Promise<EpisodeView> {
  const { view } = await client.request<{ view: EpisodeView }>('turnpike/open', ref(path));
  return view;
}

export const progressOf = (client: Client, path: string): ReplayProgress[] =>
  client.said
    .filter(({ method }) => method === 'turnpike/replay/progress')
    .map(({ body }) => body as ReplayProgress)
    .filter(({ uri }) => uri === uriOf(path));

/** Containers that the server's process has at work. */
export async function containersOf(pid: number | undefined): Promise<number> {
  const { docker } = await connectToTestEngine();
  const all = await docker.listContainers({ all: true, filters: { label: [LABEL] } });
  return all.filter(({ Labels }) => Labels[LABEL]?.endsWith(`/${pid}`)).length;
}
