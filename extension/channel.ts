import { methods, type FromPage, type PageAction, type ToPage } from '../server/protocol/index';

/** The half of a webview that a channel needs. */
export interface PagePort {
  post(message: ToPage): void;
}

export interface ChannelHost {
  /** Carries a request of the page to the server. */
  request(method: string, params: unknown, signal: AbortSignal): Promise<unknown>;
  act(action: PageAction): void;
  /** The page (re)started: what it is told first. */
  hello(): ToPage;
}

type Object_ = Record<string, unknown>;
const isObject = (v: unknown): v is Object_ => typeof v === 'object' && v !== null && !Array.isArray(v);

const CANCELLED = 'Cancelled.';

/**
 * The host's side of the messages between a page and the extension. Requests that are not in
 * {@link methods.PAGE_REQUESTS} are refused, a request whose page was reloaded is cancelled, and what is posted before
 * the page says `ready` waits for it.
 */
export class PageChannel {
  private ready = false;
  private disposed = false;
  private waiting: ToPage[] = [];
  private readonly running = new Map<number, AbortController>();

  constructor(
    private readonly port: PagePort,
    private readonly host: ChannelHost,
    private readonly allowed: readonly string[] = methods.PAGE_REQUESTS,
  ) {}

  /** Posts a message, or keeps it until the page is ready. Only the newest of each kind is kept. */
  post(message: ToPage): void {
    if (this.disposed) return;
    if (this.ready) {
      this.port.post(message);
      return;
    }
    this.waiting = this.waiting.filter((m) => m.t !== message.t);
    this.waiting.push(message);
  }

  /** A message from the page. Anything that is none is ignored: the page is not trusted more than its CSP. */
  receive(message: unknown): void {
    if (this.disposed || !isObject(message)) return;
    const m = message as FromPage & Object_;
    switch (m.t) {
      case 'ready':
        this.restart();
        return;
      case 'request':
        if (typeof m.id === 'number' && typeof m.method === 'string') void this.forward(m.id, m.method, m.params);
        return;
      case 'cancel':
        if (typeof m.id === 'number') this.running.get(m.id)?.abort();
        return;
      case 'do':
        if (isObject(m.action) && typeof m.action.kind === 'string') this.host.act(m.action);
        return;
    }
  }

  dispose(): void {
    this.disposed = true;
    this.abortAll();
    this.waiting = [];
  }

  private restart(): void {
    this.abortAll();
    this.ready = true;
    this.port.post(this.host.hello());
    const waiting = this.waiting;
    this.waiting = [];
    for (const message of waiting) this.port.post(message);
  }

  private abortAll(): void {
    for (const running of this.running.values()) running.abort();
    this.running.clear();
  }

  private async forward(id: number, method: string, params: unknown): Promise<void> {
    if (!this.allowed.includes(method)) {
      this.port.post({ t: 'error', id, message: `The page may not call ${method}.` });
      return;
    }
    const controller = new AbortController();
    this.running.set(id, controller);
    let answer: ToPage;
    try {
      answer = { t: 'result', id, result: await this.host.request(method, params, controller.signal) };
    } catch (e) {
      answer = { t: 'error', id, message: controller.signal.aborted ? CANCELLED : e instanceof Error ? e.message : String(e) };
    }
    // An id may have been given again by a page that was reloaded in between.
    if (this.running.get(id) !== controller) return;
    this.running.delete(id);
    if (!this.disposed) this.port.post(answer);
  }
}
