export * from './views';
export * from './page';
export * as methods from './requests';
export type { FindHit, LineRange, Notification, OpenFailure, OpenResult, Request, ServerSettings } from './requests';
export { PAGE_REQUESTS, PROTOCOL_VERSION } from './requests';
export * from './uri';
