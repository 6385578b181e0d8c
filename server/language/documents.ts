/**
 * The documents that the editor shows, and the episodes that requests hold open.
 *
 * Text is kept for reward configurations alone: an episode is read by path, whatever text the client sends.
 */
import type { TextDocumentContentChangeEvent } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { parseReadableUri, pathOfUri } from '../protocol/index';
import type { Session } from './session';

export interface OpenDocument {
  readonly uri: string;
  readonly kind: 'episode' | 'rewards' | 'other';
  /** Only of a reward configuration. */
  readonly text: TextDocument | null;
}

export class Documents {
  private readonly shown = new Map<string, OpenDocument>();
  private readonly held = new Set<string>();

  constructor(private readonly session: Session) {}

  get(uri: string): OpenDocument | null {
    return this.shown.get(uri) ?? null;
  }

  all(): Iterable<OpenDocument> {
    return this.shown.values();
  }

  /** Documents that show a trajectory file. */
  of(fileUri: string): OpenDocument[] {
    return [...this.shown.values()].filter((d) => d.kind === 'episode' && samePath(parseReadableUri(d.uri)?.uri ?? d.uri, fileUri));
  }

  opened(uri: string, languageId: string, version: number, text: string): OpenDocument {
    this.closed(uri);
    const kind = this.kindOf(uri);
    const document: OpenDocument = { uri, kind, text: kind === 'rewards' ? TextDocument.create(uri, languageId, version, text) : null };
    this.shown.set(uri, document);
    if (kind === 'episode') this.session.follow(uri);
    this.overlay(document);
    return document;
  }

  changed(uri: string, version: number, changes: readonly TextDocumentContentChangeEvent[]): OpenDocument | null {
    const document = this.shown.get(uri);
    if (document?.text === undefined || document.text === null) return null;
    const next = { ...document, text: TextDocument.update(document.text, [...changes], version) };
    this.shown.set(uri, next);
    this.overlay(next);
    return next;
  }

  closed(uri: string): OpenDocument | null {
    const document = this.shown.get(uri);
    if (document === undefined) return null;
    this.shown.delete(uri);
    if (document.kind === 'episode') this.session.unfollow(uri);
    const path = document.kind === 'rewards' ? pathOfUri(uri) : null;
    if (path !== null) this.session.overlay(path, null);
    return document;
  }

  /** @returns whether it is new */
  openByRequest(uri: string): boolean {
    if (this.held.has(uri)) return false;
    this.session.follow(uri);
    this.held.add(uri);
    return true;
  }

  closeByRequest(uri: string): void {
    if (this.held.delete(uri)) this.session.unfollow(uri);
  }

  /** Whether requests hold a trajectory file open. */
  holds(fileUri: string): boolean {
    return [...this.held].some((uri) => samePath(parseReadableUri(uri)?.uri ?? uri, fileUri));
  }

  private overlay({ uri, kind, text }: OpenDocument): void {
    const path = kind === 'rewards' ? pathOfUri(uri) : null;
    if (path !== null && text !== null) this.session.overlay(path, text.getText());
  }

  private kindOf(uri: string): OpenDocument['kind'] {
    if (parseReadableUri(uri) !== null) return 'episode';
    const path = pathOfUri(uri);
    if (path === null) return 'other';
    if (this.session.isRewardsFile(path)) return 'rewards';
    return mayHoldEpisode(path) ? 'episode' : 'other';
  }
}

/** By its name alone: other files are not looked into because an editor shows them. */
export function mayHoldEpisode(path: string): boolean {
  return /\.(traj|json|jsonl)$/i.test(path);
}

/** Clients differ in what they percent-encode. */
function samePath(a: string, b: string): boolean {
  return a === b || (pathOfUri(a) !== null && pathOfUri(a) === pathOfUri(b));
}
