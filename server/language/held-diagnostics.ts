/**
 * Findings of episodes that a client holds open without a document (the inspector): told for the readable documents, so
 * that they stand in the editor's list of problems and lead to their evidence.
 *
 * A readable document that is shown has diagnostics of its own; for it nothing is told here.
 */
import type { Connection } from 'vscode-languageserver/node';
import type { Client } from './client';
import type { Documents } from './documents';
import { diagnostics } from './features/diagnostics';
import { EpisodeModel } from './model';
import { pageOfTurn } from './readable';
import type { Session } from './session';
import { readableSheet } from './sheet';

/** The first picture comes first. */
const DELAY_MS = 300;

export class HeldDiagnostics {
  private readonly waiting = new Map<string, NodeJS.Timeout>();
  /** Documents that something was told for, by trajectory file. */
  private readonly told = new Map<string, ReadonlySet<string>>();

  constructor(
    private readonly connection: Connection,
    private readonly session: Session,
    private readonly client: Client,
    private readonly documents: Documents,
  ) {}

  /** The file was opened, changed or closed by request, or one of its documents was shown or closed. */
  changed(file: string): void {
    if (!this.client.commands.has('readable')) return;
    clearTimeout(this.waiting.get(file));
    this.waiting.set(
      file,
      setTimeout(() => {
        this.waiting.delete(file);
        void this.tell(file).catch((error: unknown) => {
          this.connection.console.warn(
            `Findings of ${file} could not be listed: ${error instanceof Error ? error.message : String(error)}`,
          );
        });
      }, DELAY_MS),
    );
  }

  /** A readable document is shown: from now on it has its own. */
  shown(uri: string, file: string): void {
    const told = this.told.get(file);
    if (told?.has(uri) !== true) return;
    this.told.set(file, new Set([...told].filter((other) => other !== uri)));
    void this.connection.sendDiagnostics({ uri, diagnostics: [] });
  }

  dispose(): void {
    for (const timer of this.waiting.values()) clearTimeout(timer);
    this.waiting.clear();
  }

  private async tell(file: string): Promise<void> {
    const now = this.documents.holds(file) ? await this.compute(file) : new Map<string, ReturnType<typeof diagnostics>>();
    const before = this.told.get(file) ?? new Set<string>();
    for (const uri of before) if (!now.has(uri)) await this.connection.sendDiagnostics({ uri, diagnostics: [] });
    for (const [uri, items] of now) await this.connection.sendDiagnostics({ uri, diagnostics: items });
    if (now.size === 0) this.told.delete(file);
    else this.told.set(file, new Set(now.keys()));
  }

  private async compute(file: string): Promise<Map<string, ReturnType<typeof diagnostics>>> {
    const found = new Map<string, ReturnType<typeof diagnostics>>();
    const result = await this.session.open(file, new AbortController().signal);
    if ('notEpisode' in result) return found;
    const { opened } = result;
    const pageUri = (attempt: number, page: number): string => this.session.pageUri(file, attempt, page);
    for (const [attempt] of opened.rollouts.entries()) {
      const model = EpisodeModel.of(opened, attempt);
      if (model === null) continue;
      const pages = new Set(
        model.of.findings.flatMap((f) => (f.suppressed ? [] : [pageOfTurn(model.windows, f.evidence[0]?.turn ?? f.turns[0] ?? 0)])),
      );
      if (opened.problems.length > 0 && attempt === opened.episode.best) pages.add(0);
      for (const page of pages) {
        const uri = pageUri(attempt, page);
        if (this.documents.get(uri) !== null) continue;
        const sheet = await readableSheet(model, page);
        const items = diagnostics(sheet, { uri, pageUri, relatedInformation: this.client.relatedInformation });
        if (items.length > 0) found.set(uri, items);
      }
    }
    return found;
  }
}
