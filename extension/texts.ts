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

/** Shows a text as a read-only document. */
export async function showText(name: string, text: string): Promise<void> {
  const uri = vscode.Uri.from({ scheme: TEXT_SCHEME, path: `/${name}`, query: String(++counter) });
  texts.set(uri.toString(), text);
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
}
