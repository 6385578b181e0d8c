/** Parsers of the files beside a trajectory. Pure: the engine finds the files and hands over their text. */
export { parsePredictions, type Prediction } from './prediction';
export { parseReport, verdictOn, type ReportFile, type Verdict } from './report';
export { exitStatusesTime, parseExitStatuses } from './exit-statuses';
export { parseRunArguments } from './run-arguments';
export { parseRewardJson, parseRewardText, parseTrialResult, type TrialResult } from './harbor';
export type { Parsed } from './result';
