/** Diagnostics by pull for clients that ask, by push for those that can't. One place computes them for both. */
import {
  DiagnosticSeverity,
  DocumentDiagnosticReportKind,
  ResponseError,
  type CancellationToken,
  type Connection,
  type Diagnostic,
  type DocumentDiagnosticReport,
} from 'vscode-languageserver/node';
import { parseReadableUri, pathOfUri } from '../protocol/index';
import type { Client } from './client';
import type { Documents, OpenDocument } from './documents';
import { mayHoldEpisode } from './documents';
import { answer } from './failure';
import { diagnostics, SOURCE } from './features/diagnostics';
import { rewardsDiagnostics } from './features/rewards-file';
import { NoEpisode, type Session } from './session';

/** Typing in a configuration is checked when it rests for a moment; the episode's own rewards follow at once. */
const PUSH_DELAY_MS = 50;

interface Computed {
  readonly items: Diagnostic[];
  /** Same id, same diagnostics. */
  readonly id: string;
}

export class DiagnosticsDesk {
  private readonly waiting = new Map<string, NodeJS.Timeout>();

  constructor(
    private readonly connection: Connection,
    private readonly session: Session,
    private readonly client: Client,
    private readonly documents: Documents,
  ) {
    connection.languages.diagnostics.on(async ({ textDocument, previousResultId }, token) =>
      this.pulled(textDocument.uri, previousResultId, token),
    );
  }

  private async pulled(uri: string, previous: string | undefined, token: CancellationToken): Promise<DocumentDiagnosticReport> {
    const found = await answer(token, (signal) => this.compute(uri, signal));
    if (found instanceof ResponseError) throw found;
    if (found.id === previous) return { kind: DocumentDiagnosticReportKind.Unchanged, resultId: found.id };
    return { kind: DocumentDiagnosticReportKind.Full, resultId: found.id, items: found.items };
  }

  /** A document was opened or edited. */
  touched(document: OpenDocument): void {
    if (this.client.pullsDiagnostics) return;
    const { uri } = document;
    clearTimeout(this.waiting.get(uri));
    this.waiting.set(
      uri,
      setTimeout(() => {
        this.waiting.delete(uri);
        void this.push(uri);
      }, PUSH_DELAY_MS),
    );
  }

  /** A trajectory file was read or rewarded again. */
  changed(fileUri: string): void {
    if (this.client.pullsDiagnostics) {
      if (this.client.refreshes.diagnostics) void this.connection.languages.diagnostics.refresh().catch(() => undefined);
      return;
    }
    for (const document of this.documents.of(fileUri)) this.touched(document);
  }

  closed(uri: string): void {
    clearTimeout(this.waiting.get(uri));
    this.waiting.delete(uri);
    if (!this.client.pullsDiagnostics) void this.connection.sendDiagnostics({ uri, diagnostics: [] });
  }

  dispose(): void {
    for (const timer of this.waiting.values()) clearTimeout(timer);
    this.waiting.clear();
  }

  private async push(uri: string): Promise<void> {
    const before = this.documents.get(uri);
    if (before === null) return;
    try {
      const { items } = await this.compute(uri, new AbortController().signal);
      const now = this.documents.get(uri);
      // A later version has its own push.
      if (now === null || now.text?.version !== before.text?.version) return;
      await this.connection.sendDiagnostics(
        now.text === null ? { uri, diagnostics: items } : { uri, version: now.text.version, diagnostics: items },
      );
    } catch (error) {
      this.connection.console.warn(
        `Diagnostics of ${uri} could not be computed: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  private async compute(uri: string, signal: AbortSignal): Promise<Computed> {
    const text = this.documents.get(uri)?.text ?? null;
    if (text !== null) return { items: rewardsDiagnostics(text), id: `rewards:${text.version}` };
    const path = pathOfUri(uri);
    if (parseReadableUri(uri) === null && (path === null || !mayHoldEpisode(path))) return { items: [], id: 'none' };
    try {
      const { sheet, uri: file } = await this.session.sheet(uri, signal);
      const items = diagnostics(sheet, {
        uri,
        pageUri: (attempt, page) => this.session.pageUri(file, attempt, page),
        relatedInformation: this.client.relatedInformation,
      });
      return { items, id: `episode:${sheet.opened.revision}` };
    } catch (error) {
      if (!(error instanceof NoEpisode)) throw error;
      // Any JSON file may be no episode; only one that claims to be a trajectory hears of it. Where the inspector says so itself
      // nothing is underlined: other programs write `.traj` too.
      const items = path !== null && /\.traj$/i.test(path) && !this.client.commands.has('inspect') ? refusal(error) : [];
      return { items, id: `refused:${error.message}` };
    }
  }
}

function refusal({ notEpisode, message }: NoEpisode): Diagnostic[] {
  const problems = notEpisode.problems.length > 0 ? notEpisode.problems : [{ message, line: null }];
  return problems.map((problem) => {
    const line = Math.max(0, (problem.line ?? 1) - 1);
    return {
      range: { start: { line, character: 0 }, end: { line, character: 1 } },
      severity: DiagnosticSeverity.Error,
      source: SOURCE,
      message: problem.message,
    };
  });
}
