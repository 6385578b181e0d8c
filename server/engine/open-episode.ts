/** One walk down the road: read, side files, configuration, outcome, scores, gates, findings. */
import { decode, type Episode, type Field, type NotEpisode, type Problem, type Turn } from '../episode/index';
import { judge } from '../hack/index';
import type { RunState } from '../protocol/index';
import { accumulate, classify, disagreement, scoreRollout } from '../reward/index';
import { codeOf } from './config-file';
import { loadConfig, type LastGood } from './load-config';
import { runModules } from './modules';
import { OpenFile } from './open-file';
import { readFileEpisode } from './read-file';
import { findSideFacts } from './side-files';
import type { EngineOptions, Opened, OpenedRollout } from './types';

export interface RewardRequest {
  readonly options: EngineOptions;
  readonly unsaved: ReadonlyMap<string, string>;
  /** Configurations that could be read; this reading adds its own. */
  readonly lastGood: LastGood;
  /** Gets the folders in which side files were looked for. */
  readonly consulted: Set<string>;
  readonly revision: number;
  /** The file changed a moment ago. */
  readonly running: boolean;
  readonly signal: AbortSignal;
}

/** An episode with its texts: what a change of the rewards leaves as it is. */
export interface Reading {
  readonly episode: Episode;
  readonly file: OpenFile;
}

export type ReadingResult = Reading | { readonly notEpisode: NotEpisode };
export type OpenResult = { readonly opened: Opened } | { readonly notEpisode: NotEpisode };

/** @throws the reason of `signal`; never for what a file holds */
export async function readForOpening(path: string, signal: AbortSignal): Promise<ReadingResult> {
  const read = await readFileEpisode(path, { signal });
  if ('notEpisode' in read) return { notEpisode: read.notEpisode };
  try {
    return { episode: read.episode, file: await OpenFile.of(path, read) };
  } catch (error) {
    const message = `The file went away after it was read (${codeOf(error) ?? 'unknown error'}). Open it again when it is back.`;
    return { notEpisode: { recognised: null, problems: [{ message, byte: null, line: null, turn: null, severity: 'error' }] } };
  }
}

/** @throws the reason of `signal`; never for what a file holds */
export async function rewardReading(path: string, reading: ReadingResult, request: RewardRequest): Promise<OpenResult> {
  if ('notEpisode' in reading) return reading;
  const { episode, file } = reading;
  const { options, signal } = request;
  const [side, loaded] = await Promise.all([
    findSideFacts(path, episode, { roots: options.roots, reportFile: options.reportFile, signal, consulted: request.consulted }),
    loadConfig(path, options, request.unsaved, request.lastGood),
  ]);
  const finished = episode.finished || side.report !== null || side.reward !== null || side.exitStatus !== null;
  const state: RunState = finished ? 'finished' : request.running ? 'running' : 'unfinished';
  const rollouts: OpenedRollout[] = [];
  const replays = await Promise.all(episode.rollouts.map(async (_, index) => (await options.replays?.last(path, index)) ?? null));
  const doubts: string[] = [];
  for (const [index, rollout] of episode.rollouts.entries()) {
    const replay = replays[index] ?? null;
    const instance = side.instance ?? episode.instance;
    const group = replay === null ? [] : ((await options.replays?.group(path, index, instance, replay)) ?? []);
    const outcome = classify(episode, rollout, side, replay);
    const doubt = disagreement(outcome, rollout, replay);
    if (doubt !== null) doubts.push(doubt);
    const modules = await runModules(loaded, rollout, {
      trust: options.trust,
      episode,
      outcome,
      text: async (turn: Turn, field: Field) => (await Promise.all(turn[field].map(async (p) => (await file.text(p)).text))).join('\n'),
      signal,
    });
    const scores = scoreRollout({ episode, rollout, outcome, side, replay, group }, loaded.config, modules);
    const accumulation = accumulate(scores);
    rollouts.push({
      rollout,
      outcome,
      scores,
      accumulation,
      findings: judge({ episode, rollout, outcome, accumulation, muted: options.mutedRules }),
      replay,
    });
  }
  const opened: Opened = {
    path,
    revision: request.revision,
    state,
    episode,
    side,
    config: loaded.head,
    rollouts,
    problems: [...episode.problems, ...side.problems, ...doubts.map(doubtful)],
    text: (passage, limit) => file.text(passage, limit),
    bytes: (span) => file.bytes(span),
    position: (byte) => file.position(byte),
    seen: async (index, turn) => {
      const span = turn.query ?? episode.rollouts[index]?.history ?? null;
      if (span === null) return null;
      const value: unknown = JSON.parse(decode(await file.bytes(span), 'json').text);
      return { value, span, source: turn.query === null ? 'history' : 'query' };
    },
  };
  return { opened };
}

/** Problems of the whole episode. */
const doubtful = (message: string): Problem => ({ message, byte: null, line: null, turn: null, severity: 'warning' });
