import * as vscode from 'vscode';
import { TEXT_SCHEME } from './defaults';

const texts = new Map<string, string>();
let counter = 0;

/** Read-only documents of texts that are made once. */
export function registerTexts(): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(TEXT_SCHEME, {
      provideTextDocumentContent: (uri) =>
        texts.get(uri.toString()) ?? 'This text was made for an earlier window; run its command again.\n',
    }),
    vscode.workspace.onDidCloseTextDocument((d) => texts.delete(d.uri.toString())),
  );
}

/** Where a text is shown, and from which line (from 0) it is read. */
export interface Showing {
  readonly column?: vscode.ViewColumn;
  /** In the tab that the next such document takes over; default true. */
  readonly preview?: boolean;
  readonly line?: number;
}

/** Shows a text as a read-only document. The same text under the same name keeps its tab. */
export async function showText(name: string, text: string, { column, preview = true, line = 0 }: Showing = {}): Promise<void> {
  const path = `/${name}`;
  const known = [...texts].find(([key, held]) => held === text && vscode.Uri.parse(key).path === path)?.[0];
  const uri = known === undefined ? vscode.Uri.from({ scheme: TEXT_SCHEME, path, query: String(++counter) }) : vscode.Uri.parse(known);
  texts.set(uri.toString(), text);
  const shown = known === undefined ? undefined : tabOf(uri);
  const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), {
    viewColumn: shown ?? column ?? vscode.ViewColumn.Active,
    preview,
  });
  if (line === 0) return;
  const start = new vscode.Position(line, 0);
  editor.selection = new vscode.Selection(start, start);
  editor.revealRange(new vscode.Range(start, start), vscode.TextEditorRevealType.AtTop);
}

/** The column whose tab shows a document already. */
function tabOf(uri: vscode.Uri): vscode.ViewColumn | undefined {
  const shows = (tab: vscode.Tab): boolean => tab.input instanceof vscode.TabInputText && tab.input.uri.toString() === uri.toString();
  return vscode.window.tabGroups.all.find((group) => group.tabs.some(shows))?.viewColumn;
}
