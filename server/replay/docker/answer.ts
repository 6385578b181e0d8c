/** What an error of the engine's client says: a connection that is gone, or an answer and its words. Pure. */

/** Codes of a connection that is gone or can't be made. */
const LOST = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ENOENT',
  'ENOTCONN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ERR_STREAM_PREMATURE_CLOSE',
]);

interface Told {
  readonly code?: unknown;
  readonly statusCode?: unknown;
  readonly message?: unknown;
}

export const isLost = (error: unknown): boolean => {
  const { code, message } = (error ?? {}) as Told;
  return (typeof code === 'string' && LOST.has(code)) || (typeof message === 'string' && /socket hang up|^aborted$/.test(message));
};

/** Status of the engine's answer; null: the error is none of its answers. */
export const statusOf = (error: unknown): number | null => {
  const { statusCode } = (error ?? {}) as Told;
  return typeof statusCode === 'number' ? statusCode : null;
};

/** The engine's own words, without dockerode's frame around them. */
export function wordsOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message
    .replace(/^\(HTTP code \d+\) [^-]* - /, '')
    .trim()
    .slice(0, 300);
}
