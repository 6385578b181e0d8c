/** A few at a time, first come first served; whoever waits may leave. */
export class Pool {
  private readonly queue: { enter: () => void; moved: ((ahead: number) => void) | undefined }[] = [];
  private inside = 0;

  constructor(private limit: number) {}

  /** More may come in at once, or fewer from now on; those inside stay. */
  resize(limit: number): void {
    this.limit = limit;
    this.admit();
  }

  /**
   * Resolves when there is room, with what gives the place back.
   * @param moved told how many others come in before, when that changes
   * @throws the signal's reason
   */
  async enter(signal: AbortSignal, moved?: (ahead: number) => void): Promise<() => void> {
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        signal.removeEventListener('abort', giveUp);
        this.inside++;
        let left = false;
        resolve(() => {
          if (left) return;
          left = true;
          this.inside--;
          this.admit();
        });
      };
      const place = { enter, moved };
      const giveUp = (): void => {
        this.queue.splice(this.queue.indexOf(place), 1);
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the caller's own reason
        reject(signal.reason);
        this.tell();
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.queue.push(place);
      if (!this.admit()) moved?.(this.queue.length - 1);
    });
  }

  private admit(): boolean {
    let some = false;
    while (this.inside < this.limit) {
      const next = this.queue.shift();
      if (next === undefined) break;
      next.enter();
      some = true;
    }
    if (some) this.tell();
    return some;
  }

  private tell(): void {
    this.queue.forEach(({ moved }, i) => moved?.(i));
  }
}
