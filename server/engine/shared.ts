/**
 * Work that several callers wait for. A caller that gives up leaves the others waiting; when the last one has given up,
 * the work is aborted.
 */
export class Shared<T> {
  private readonly controller = new AbortController();
  private waiting = 0;
  readonly result: Promise<T>;

  constructor(work: (signal: AbortSignal) => Promise<T>) {
    this.result = work(this.controller.signal);
    // Whoever waits hears of it; without anybody waiting it is no unhandled rejection.
    this.result.catch(() => undefined);
  }

  /** Nobody waits any more and the work was told to stop. */
  get abandoned(): boolean {
    return this.controller.signal.aborted;
  }

  /** @throws the signal's reason when this caller gives up, else what the work throws */
  wait(signal?: AbortSignal): Promise<T> {
    if (signal === undefined) {
      this.waiting = Number.POSITIVE_INFINITY;
      return this.result;
    }
    signal.throwIfAborted();
    this.waiting++;
    return new Promise<T>((resolve, reject) => {
      const giveUp = (): void => {
        if (--this.waiting === 0) this.controller.abort(signal.reason);
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the caller's own reason
        reject(signal.reason);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.result.then(resolve, reject).finally(() => {
        signal.removeEventListener('abort', giveUp);
      });
    });
  }
}
