import * as vscode from 'vscode';
import { methods, type PageAction } from '../server/protocol/index';
import { READABLE_LANGUAGE, READABLE_SCHEME, parseReadableUri, readableUri } from '../server/protocol/uri';
import type { Engine } from './client';
import type { Inspectors, Where } from './editor';
import { type Episodes, sameFile } from './episodes';

type Located = {
  readonly uri: string;
  readonly range: { readonly start: { line: number; character: number }; readonly end: { line: number; character: number } };
};
type OpenReadable = Extract<PageAction, { readonly kind: 'openReadable' }>;
/** What to select: a turn, one of its fields, or a byte range inside a field. */
export type Target = Pick<OpenReadable, 'field' | 'span'>;

const toRange = (r: Located['range']): vscode.Range => new vscode.Range(r.start.line, r.start.character, r.end.line, r.end.character);

/**
 * The readable documents: the episode as text with real newlines, page by page. What is current in a readable document
 * is current in the inspector, and the other way round; the one that is not in front never takes the focus.
 */
export class Readables implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changeEmitter = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changeEmitter.event;
  private readonly held = new Map<string, vscode.Disposable>();
  private readonly subscriptions: vscode.Disposable[] = [];
  private asked = 0;

  constructor(
    private readonly engine: Engine,
    private readonly episodes: Episodes,
    private readonly inspectors: Inspectors,
  ) {
    this.subscriptions.push(
      vscode.workspace.registerTextDocumentContentProvider(READABLE_SCHEME, this),
      engine.onChanged((c) => {
        for (const document of vscode.workspace.textDocuments) {
          const place = parseReadableUri(document.uri.toString());
          if (place && sameFile(place.uri, c.uri)) this.changeEmitter.fire(document.uri);
        }
      }),
      vscode.workspace.onDidCloseTextDocument((d) => {
        const key = d.uri.toString();
        this.held.get(key)?.dispose();
        this.held.delete(key);
      }),
      vscode.window.onDidChangeTextEditorSelection((e) => {
        // Without a kind the selection was set by a program: most likely by this one.
        if (e.kind !== undefined && e.textEditor.document.uri.scheme === READABLE_SCHEME) void this.follow(e.textEditor);
      }),
      inspectors.onSelected((where) => void this.reveal(where)),
    );
  }

  async provideTextDocumentContent(uri: vscode.Uri, token: vscode.CancellationToken): Promise<string> {
    const place = parseReadableUri(uri.toString());
    if (place === null) return `${uri.toString()} is no address of an episode.\n`;
    const key = uri.toString();
    const file = vscode.Uri.parse(place.uri);
    if (!this.held.has(key)) this.held.set(key, this.episodes.hold(file));
    try {
      // Opening makes the server watch the file, so that the document follows it.
      const opened = await this.episodes.open(file, place.attempt, token);
      if ('failure' in opened) return `${opened.failure.sentences.join('\n')}\n`;
      const answer = await this.engine.request(
        methods.readable,
        { uri: place.uri, ...(place.attempt === null ? {} : { attempt: place.attempt }), page: place.page },
        token,
      );
      return answer.text;
    } catch (e) {
      return `This episode can't be shown: ${e instanceof Error ? e.message : String(e)}\n`;
    }
  }

  /** Opens the readable document where the turn stands, and selects exactly the field or the evidence asked for. */
  async open(
    where: Where,
    target: Target = {},
    options: { readonly column?: vscode.ViewColumn; readonly preserveFocus?: boolean } = {},
  ): Promise<vscode.TextEditor> {
    const located = await this.locate(where, target);
    const uri = located
      ? vscode.Uri.parse(located.uri)
      : vscode.Uri.parse(readableUri({ uri: where.uri.toString(), attempt: where.attempt, page: 0 }));
    let document = await vscode.workspace.openTextDocument(uri);
    if (document.languageId !== READABLE_LANGUAGE) document = await vscode.languages.setTextDocumentLanguage(document, READABLE_LANGUAGE);
    const editor = await vscode.window.showTextDocument(document, {
      viewColumn: options.column ?? vscode.ViewColumn.Active,
      preserveFocus: options.preserveFocus ?? false,
      preview: true,
    });
    if (located) {
      const range = toRange(located.range);
      editor.selection =
        target.span || target.field ? new vscode.Selection(range.start, range.end) : new vscode.Selection(range.start, range.start);
      editor.revealRange(range, target.span ? vscode.TextEditorRevealType.InCenterIfOutsideViewport : vscode.TextEditorRevealType.AtTop);
    }
    return editor;
  }

  /** Turn at the cursor of a readable document; null outside of turns, or in any other document. */
  async whereIs(editor: vscode.TextEditor): Promise<Where | null> {
    const place = parseReadableUri(editor.document.uri.toString());
    if (place === null) return null;
    const at = await this.engine.request(methods.turnAt, { uri: editor.document.uri.toString(), line: editor.selection.active.line });
    return { uri: vscode.Uri.parse(place.uri), attempt: place.attempt, turn: at?.turn ?? null };
  }

  dispose(): void {
    for (const s of this.subscriptions) s.dispose();
    for (const h of this.held.values()) h.dispose();
    this.changeEmitter.dispose();
  }

  private async locate(where: Where, target: Target): Promise<Located | null> {
    return await this.engine
      .request(methods.locate, {
        uri: where.uri.toString(),
        ...(where.attempt === null ? {} : { attempt: where.attempt }),
        turn: where.turn ?? 0,
        ...(target.field ? { field: target.field } : {}),
        ...(target.span ? { span: target.span } : {}),
      })
      .catch((e: unknown) => {
        this.engine.log.warn(`No place in the readable document: ${String(e)}`);
        return null;
      });
  }

  /** Readable document → inspector. */
  private async follow(editor: vscode.TextEditor): Promise<void> {
    const ticket = ++this.asked;
    const where = await this.whereIs(editor).catch(() => null);
    if (ticket !== this.asked || where?.turn == null) return;
    for (const inspector of this.inspectors.of(where.uri)) {
      if (inspector.panel.visible && inspector.turn !== where.turn)
        inspector.select(where.attempt ?? this.attemptOf(where.uri), where.turn);
    }
  }

  /** Inspector → a readable document that is visible already. */
  private async reveal(where: Where): Promise<void> {
    const attempt = where.attempt ?? this.attemptOf(where.uri);
    const editor = vscode.window.visibleTextEditors.find((e) => {
      const place = parseReadableUri(e.document.uri.toString());
      return (
        place !== null &&
        sameFile(place.uri, where.uri.toString()) &&
        (place.attempt === null || attempt === null || place.attempt === attempt)
      );
    });
    if (!editor) return;
    const ticket = ++this.asked;
    const located = await this.locate(where, {});
    if (located === null || ticket !== this.asked) return;
    const range = toRange(located.range);
    if (range.contains(editor.selection.active) && vscode.Uri.parse(located.uri).toString() === editor.document.uri.toString()) return;
    if (vscode.Uri.parse(located.uri).toString() !== editor.document.uri.toString()) {
      await this.open(where, {}, { ...(editor.viewColumn === undefined ? {} : { column: editor.viewColumn }), preserveFocus: true });
      return;
    }
    editor.selection = new vscode.Selection(range.start, range.start);
    editor.revealRange(range, vscode.TextEditorRevealType.AtTop);
  }

  private attemptOf(uri: vscode.Uri): number | null {
    return this.episodes.view(uri)?.attempt ?? null;
  }
}
