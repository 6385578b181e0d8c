/**
 * What one client has open: the engine, the settings, the files it follows, the documents its editor shows.
 * Knows nothing of the connection; tells through {@link SessionEvents}.
 */
import { createHash } from 'node:crypto';
import { unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, isAbsolute, resolve } from 'node:path';
import { createEngine, REPLAY_DEFAULTS, ReplayService, type Engine, type Opened, type ReplayServiceOptions } from '../engine/index';
import type { NotEpisode } from '../episode/index';
import type { ReplayFacts } from '../replay/index';
import { type EpisodeRef, type ReplaySettings, type ServerSettings, parseReadableUri, pathOfUri, readableUri } from '../protocol/index';
import { NO_SETTINGS } from './client';
import { BadRequest, unlessAborted } from './failure';
import { EpisodeModel } from './model';
import { rawSheet, readableSheet, type Sheet } from './sheet';

const CONFIG_POLL_MS = 1000;

export interface SessionEvents {
  /** A followed file was read or rewarded again. */
  changed(uri: string, revision: number, stale: string | null): void;
}

/** A model and the file's address without page or attempt. */
export interface Resolved {
  readonly model: EpisodeModel;
  readonly uri: string;
}

export interface ResolvedSheet {
  readonly sheet: Sheet;
  /** The trajectory file. */
  readonly uri: string;
}

/** The file is no readable episode. */
export class NoEpisode extends BadRequest {
  constructor(readonly notEpisode: NotEpisode) {
    super(notEpisode.problems[0]?.message ?? `This is ${notEpisode.recognised ?? 'no episode that Turnpike knows'}.`);
  }
}

export class Session {
  private readonly engine: Engine;
  readonly replays: ReplayService;
  private settings: ServerSettings = NO_SETTINGS;
  private roots: readonly string[];
  /** Reward configurations on disk that are looked after, where the client does not. */
  private readonly configs = new Set<string>();
  /** Modules allowed in this session by `turnpike/allowModule`. */
  private readonly allowedHere = new Set<string>();
  private readonly followed = new Map<string, { readonly uris: Set<string>; readonly stop: () => void; holders: number }>();

  constructor(
    settings: ServerSettings,
    roots: readonly string[],
    private readonly events: SessionEvents,
    private readonly watchesConfigs: boolean,
  ) {
    this.roots = roots;
    this.settings = settings;
    this.replays = new ReplayService(replayOptions(settings.replay));
    this.engine = createEngine({ ...this.engineSettings(), reportFile: null, roots: this.roots, replays: this.replays });
  }

  get trusted(): boolean {
    return this.settings.trusted;
  }

  get replaySettings(): ReplaySettings {
    return this.settings.replay ?? {};
  }

  /** Removes the containers of a server that was killed; an engine that does not answer keeps them until the next start. */
  clearLeftReplays(): void {
    if (this.settings.trusted) void this.replays.clearLeft().catch(() => undefined);
  }

  /** Facts of a replay are what rewards stand on. */
  replayed(uri: string, { tests }: ReplayFacts): void {
    // Where tests ran, they also tell the task's other rollouts how hard the tests are.
    if (tests === null) this.engine.rewardAgain(this.place(uri).path);
    else this.rewardAgain();
  }

  private engineSettings(): {
    rewardsFile: string | null;
    rewardsFiles: ReadonlyMap<string, string | null>;
    mutedRules: readonly string[];
    trust: { all: false; hashes: readonly string[] };
  } {
    const { rewardsFile, rewardsFiles, mutedRules, trusted, allowedModules } = this.settings;
    const named = (file: string, from: string): string | null => (file === '' ? null : isAbsolute(file) ? file : resolve(from, file));
    return {
      rewardsFile: named(rewardsFile, this.roots[0] ?? '.'),
      rewardsFiles: new Map(Object.entries(rewardsFiles ?? {}).map(([folder, file]) => [resolve(folder), named(file, folder)])),
      mutedRules,
      trust: { all: false, hashes: trusted ? [...allowedModules, ...this.allowedHere] : [] },
    };
  }

  configure(settings: ServerSettings): void {
    if (JSON.stringify(settings) === JSON.stringify(this.settings)) return;
    this.settings = settings;
    this.replays.configure(replayOptions(settings.replay));
    this.engine.configure(this.engineSettings());
  }

  muteRule(rule: string): void {
    if (!this.settings.mutedRules.includes(rule)) this.configure({ ...this.settings, mutedRules: [...this.settings.mutedRules, rule] });
  }

  get rootPaths(): readonly string[] {
    return this.roots;
  }

  /** A reward configuration changed on disk. */
  rewardAgain(): void {
    this.engine.configure(this.engineSettings());
  }

  setRoots(roots: readonly string[]): void {
    this.roots = roots;
    this.engine.configure({ ...this.engineSettings(), roots });
  }

  /** The report that the user names for a file; null: those found beside it. */
  setReport(uri: string, report: string | null): void {
    this.engine.setReport(this.place(uri).path, report);
  }

  /** Unsaved text of a reward configuration; null: it is on disk again. */
  overlay(path: string, text: string | null): void {
    this.engine.overlay(path, text);
  }

  /** Whether a file is a reward configuration: by its name, or because the settings name it. */
  isRewardsFile(path: string): boolean {
    const name = basename(path).toLowerCase();
    const { rewardsFile, rewardsFiles } = this.engineSettings();
    return /(^|\.)rewards\.ya?ml$/.test(name) || [rewardsFile, ...rewardsFiles.values()].includes(resolve(path));
  }

  /**
   * Allows an own reward module by what it holds now.
   * @returns the hash to keep in the settings
   */
  async allowModule(path: string): Promise<string> {
    if (!this.settings.trusted)
      throw new BadRequest('This workspace is not trusted, so reward modules stay off. Trust the workspace first.');
    const hash = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
    this.allowedHere.add(hash);
    this.engine.configure(this.engineSettings());
    return hash;
  }

  /** The address of a trajectory file behind any address that names one, with its attempt where that says so. */
  private place(uri: string): {
    readonly uri: string;
    readonly path: string;
    readonly attempt: number | null;
    readonly page: number | null;
  } {
    const readable = parseReadableUri(uri);
    const file = readable?.uri ?? uri;
    const path = pathOfUri(file);
    if (path === null) throw new BadRequest(`“${uri.slice(0, 200)}” names no file on this machine.`);
    return { uri: file, path, attempt: readable?.attempt ?? null, page: readable?.page ?? null };
  }

  async open(uri: string, signal: AbortSignal): Promise<{ readonly opened: Opened } | { readonly notEpisode: NotEpisode }> {
    const result = await unlessAborted(this.engine.open(this.place(uri).path), signal);
    if (this.watchesConfigs && 'opened' in result) this.watchConfig(result.opened.config.source);
    return result;
  }

  async resolve(ref: EpisodeRef, signal: AbortSignal): Promise<Resolved> {
    const { uri, attempt } = this.place(ref.uri);
    const result = await this.open(ref.uri, signal);
    if ('notEpisode' in result) throw new NoEpisode(result.notEpisode);
    const { opened } = result;
    const wanted = ref.attempt ?? attempt ?? opened.episode.best;
    const model = EpisodeModel.of(opened, wanted);
    if (model === null) throw new BadRequest(`There is no attempt ${wanted + 1}; the file has ${opened.rollouts.length}.`);
    return { model, uri };
  }

  /** The document at an address: a readable page, or the raw text of a trajectory file. */
  async sheet(uri: string, signal: AbortSignal): Promise<ResolvedSheet> {
    const place = this.place(uri);
    if (place.page !== null) {
      const { model } = await this.resolve({ uri }, signal);
      return { sheet: await unlessAborted(readableSheet(model, place.page), signal), uri: place.uri };
    }
    const result = await this.open(uri, signal);
    if ('notEpisode' in result) throw new NoEpisode(result.notEpisode);
    return { sheet: await unlessAborted(rawSheet(result.opened), signal), uri: place.uri };
  }

  /** {@link sheet}, or null where the address names no episode: features are silent there. */
  async sheetOrNull(uri: string, signal: AbortSignal): Promise<ResolvedSheet | null> {
    try {
      return await this.sheet(uri, signal);
    } catch (error) {
      if (error instanceof BadRequest) return null;
      throw error;
    }
  }

  pageUri(uri: string, attempt: number, page: number): string {
    return readableUri({ uri, attempt, page });
  }

  /** Follows a file until as many {@link unfollow} as `follow`. */
  follow(uri: string): void {
    const place = this.place(uri);
    const known = this.followed.get(place.path);
    if (known !== undefined) {
      known.uris.add(place.uri);
      known.holders++;
      return;
    }
    const uris = new Set([place.uri]);
    const stop = this.engine.watch(place.path, ({ revision, stale }) => {
      for (const name of uris) this.events.changed(name, revision, stale);
    });
    this.followed.set(place.path, { uris, stop, holders: 1 });
  }

  unfollow(uri: string): void {
    const { path } = this.place(uri);
    const known = this.followed.get(path);
    if (known === undefined || --known.holders > 0) return;
    known.stop();
    this.followed.delete(path);
    this.engine.release(path);
  }

  /** Lets the engine forget a file that was opened in passing. */
  release(uri: string): void {
    this.engine.release(this.place(uri).path);
  }

  /** A client without file events still sees its configuration's edits, a second after they are saved. */
  private watchConfig(source: string): void {
    if (!isAbsolute(source) || this.configs.has(source)) return;
    this.configs.add(source);
    watchFile(source, { interval: CONFIG_POLL_MS, persistent: false }, (now, before) => {
      if (now.mtimeMs !== before.mtimeMs || now.size !== before.size) this.rewardAgain();
    });
  }

  /** Resolves when no container is left, or soon. */
  async dispose(): Promise<void> {
    for (const config of this.configs) unwatchFile(config);
    this.configs.clear();
    for (const { stop } of this.followed.values()) stop();
    this.followed.clear();
    this.engine.dispose();
    await this.replays.dispose();
  }
}

function replayOptions({ storage, active, sweAgentTools }: ReplaySettings = {}): Partial<ReplayServiceOptions> {
  return {
    ...REPLAY_DEFAULTS,
    storage: storage ?? null,
    checkout: sweAgentTools === '' ? null : (sweAgentTools ?? null),
    ...(active !== undefined && { active }),
  };
}
