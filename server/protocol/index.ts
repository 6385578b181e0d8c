export * from './views';
export * from './page';
export * as methods from './requests';
export * as replayMethods from './replay';
export { REAL } from './replay';
export type { Notification, Request } from './message';
export type {
  Cause,
  ChangedFile,
  DivergenceClass,
  EnvironmentChange,
  PreflightView,
  ReplayChoice,
  ReplayFailure,
  ReplayProgress,
  ReplaySettings,
  StateEntry,
  TestStatus,
  TurnReplay,
} from './replay';
export type { ReplayMark, ReplayView } from './replay-view';
export type { FindHit, LineRange, OpenFailure, OpenResult, ServerSettings } from './requests';
export { PAGE_REQUESTS, PROTOCOL_VERSION } from './requests';
export * from './uri';
