/** The episode as the inspector needs it at once. */
import type { Turn } from '../../episode/index';
import type { AttemptHead, EpisodeHead, EpisodeView, TurnMarks } from '../../protocol/index';
import type { EpisodeModel } from '../model';
import { replayView } from '../replays/view';

const views = new WeakMap<EpisodeModel, Omit<EpisodeView, 'uri'>>();

/** @param uri the file as the asker calls it */
export function episodeView(model: EpisodeModel, uri: string): EpisodeView {
  let view = views.get(model);
  if (view === undefined) views.set(model, (view = build(model)));
  return { uri, ...view };
}

function build(model: EpisodeModel): Omit<EpisodeView, 'uri'> {
  const { opened, of, attempt } = model;
  return {
    path: opened.path,
    revision: opened.revision,
    format: opened.episode.format,
    version: opened.episode.version,
    state: opened.state,
    attempt,
    attempts: opened.rollouts.map(({ rollout }, i): AttemptHead => ({
      attempt: i,
      best: i === opened.episode.best,
      turnCount: rollout.turns.length,
      exitStatus: rollout.exitStatus,
      review: rollout.review,
    })),
    head: head(model),
    turnCount: of.rollout.turns.length,
    marks: turnMarks(of.rollout.turns),
    scores: of.scores,
    config: opened.config,
    findings: of.findings,
    problems: opened.problems,
    replay: of.replay === null ? null : replayView(of.replay, of.rollout.turns),
    otherReports: opened.side.otherReports,
    unmatchedReports: opened.side.unmatchedReports,
  };
}

function head({ opened, of }: EpisodeModel): EpisodeHead {
  const { episode, side } = opened;
  const { rollout } = of;
  const share = (tests: { readonly passed: number; readonly total: number } | null): string =>
    tests === null ? '–' : `${tests.passed} of ${tests.total}`;
  const { report } = side;
  return {
    instance: side.instance ?? episode.instance,
    model: rollout.model ?? side.model,
    exitStatus: rollout.exitStatus ?? side.exitStatus?.status ?? null,
    outcome: of.outcome,
    cost: rollout.cost,
    tokens: rollout.tokens,
    apiCalls: rollout.apiCalls,
    seconds: rollout.seconds,
    hasProblemStatement: rollout.problemStatement !== null,
    hasConfiguration: rollout.configuration !== null,
    submissionKind: rollout.submissionKind,
    tests:
      report === null || (report.failToPass === null && report.passToPass === null)
        ? null
        : { failToPass: share(report.failToPass), passToPass: share(report.passToPass) },
  };
}

/** A turn on which something went wrong, as far as the file tells. */
export function isError(turn: Turn): boolean {
  return turn.error !== null || turn.problem !== null;
}

export function turnMarks(turns: readonly Turn[]): TurnMarks {
  const where = (test: (turn: Turn) => boolean): number[] => turns.flatMap((turn, i) => (test(turn) ? [i] : []));
  return {
    errors: where(isError),
    observedErrors: where((t) => t.error === 'observed' && t.problem === null),
    edits: where((t) => t.edits),
    tests: where((t) => t.tests),
    submits: where((t) => t.submits),
    synthetic: where((t) => t.synthetic),
    notExecuted: where((t) => !t.executed),
  };
}
