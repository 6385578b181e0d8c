import type { Episode, Report, Rollout, SideFacts } from '../episode/index';
import type { ReplayFacts } from '../replay/types';
import { replayedOutcome } from './replayed-outcome';
import type { Outcome, OutcomeClass } from './types';

const SUBMITTED = /^submitted\b/i;
/** The batch runner's word for an instance that an earlier run finished: its status is in the brackets. */
const SKIPPED = /^skipped \((.+)\)$/i;
const TESTS_UNKNOWN: readonly OutcomeClass[] = ['fails', 'passes'];

/**
 * How a rollout ended, as the set of classes that are possible.
 *
 * In this order: a report that graded this very submission, or the verifier's reward (≥ 1 passes); no or an empty
 * submission after submit is an empty patch; a diff without tests, or a submission that is no diff, is {fails, passes};
 * an exit without submission is no submit; no exit status is pending (no class). A replay that ran the tests on the state that
 * was submitted decides between fails and passes, where neither report nor verifier did. Where only the batch says that the
 * agent submitted, the trajectory may have been cut before its submission: a prediction beside it with a patch counts.
 *
 * Files beside the trajectory speak of the rollout that counts, so the other attempts of a RetryAgent stand on their
 * own, except that a report speaks of every attempt with the patch that it graded. While no attempt is chosen the last
 * one stands for the run, which has not ended: it is pending, however the attempt itself ended.
 *
 * @source G-RA's four classes, rewards.md §1.2; exit statuses, formats.md §1.6 and §2.1
 */
export function classify(episode: Episode, rollout: Rollout, side: SideFacts, replay: ReplayFacts | null = null): Outcome {
  const recorded = fromFiles(episode, rollout, side);
  const replayed = recorded.classes.length > 1 ? replayedOutcome(rollout, replay) : null;
  return replayed === null ? recorded : { ...recorded, ...replayed };
}

/** That a report or a verifier says otherwise than the replayed tests, in a sentence; null: it does not. */
export function disagreement(outcome: Outcome, rollout: Rollout, replay: ReplayFacts | null): string | null {
  const [decided] = outcome.classes;
  if (outcome.classes.length !== 1 || (decided !== 'passes' && decided !== 'fails')) return null;
  const replayed = replayedOutcome(rollout, replay);
  if (replayed === null || replayed.classes[0] === decided) return null;
  return `By ${outcome.source} this episode ${WORDS[decided]}, by the ${replayed.source} it ${WORDS[replayed.classes[0]]}. The former counts. Was the same image used, and are these the tests of the task?`;
}

const WORDS = { passes: 'passes its tests', fails: 'fails its tests' };

function fromFiles(episode: Episode, rollout: Rollout, side: SideFacts): Outcome {
  const counts = episode.rollouts[episode.best] === rollout || episode.rollouts.length === 1;
  const report = counts || gradedThis(rollout, side.report) ? side.report : null;
  const reward = counts ? side.reward : null;
  const open = counts && rollout.attempt !== null && !episode.finished;
  if (open && report === null && reward === null && side.exitStatus === null)
    return { classes: [], exitStatus: null, source: 'no attempt is chosen yet' };
  const elsewhere = rollout.exitStatus === null && counts ? side.exitStatus : null;
  const exitStatus = rollout.exitStatus ?? elsewhere?.status ?? null;
  const outcome = (classes: readonly OutcomeClass[], source: string): Outcome => ({ classes, exitStatus, source });
  const statusSource = elsewhere?.source ?? 'exit status';

  if (report?.resolved) return outcome(['passes'], report.source);
  const status = exitStatus?.trim() ?? '';
  const submitted = SUBMITTED.test(SKIPPED.exec(status)?.[1] ?? status);
  const toldElsewhere = elsewhere !== null && (report !== null || side.predicted === 'patch');
  const nothing = rollout.submissionKind === null && reward === null && !toldElsewhere;
  if (submitted && (rollout.submissionKind === 'empty' || nothing)) return outcome(['empty_patch'], report?.source ?? statusSource);
  if (report) return outcome(['fails'], report.source);
  if (reward) return outcome([reward.value >= 1 ? 'passes' : 'fails'], reward.source);
  if (exitStatus === null) {
    // ATIF has no exit status: a run that ended was left to the verifier, whose reward is not here.
    return episode.format === 'atif' && episode.finished
      ? outcome(TESTS_UNKNOWN, 'no verifier reward found')
      : outcome([], 'no exit status');
  }
  if (submitted || rollout.submissionKind === 'diff' || rollout.submissionKind === 'text') return outcome(TESTS_UNKNOWN, statusSource);
  return outcome(['no_submit'], statusSource);
}

/** Whether a report graded the very patch of this rollout. */
function gradedThis(rollout: Rollout, report: Report | null): boolean {
  return report?.patchHash != null && rollout.submissionHash === report.patchHash && rollout.submissionKind !== 'empty';
}
