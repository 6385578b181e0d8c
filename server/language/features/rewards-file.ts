/** Completion, hover and problems in a reward configuration: LSP shapes around the reward stage's pure functions. */
import {
  CompletionItemKind,
  DiagnosticSeverity,
  InsertTextFormat,
  MarkupKind,
  type CompletionItem,
  type Diagnostic,
  type Hover,
  type Position,
  type Range,
} from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { completeConfig, configProblems, hoverConfig, type Completion } from '../../reward/index';
import { SOURCE } from './diagnostics';

const rangeIn = (document: TextDocument, { offset, end }: { readonly offset: number; readonly end: number }): Range => ({
  start: document.positionAt(offset),
  end: document.positionAt(end),
});

export function rewardsDiagnostics(document: TextDocument): Diagnostic[] {
  return configProblems(document.getText()).map(({ severity, message, offset, end }) => ({
    range: rangeIn(document, { offset, end: Math.max(end, offset + 1) }),
    severity: severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
    source: SOURCE,
    message,
  }));
}

export function rewardsHover(document: TextDocument, position: Position, markdown: boolean): Hover | null {
  const found = hoverConfig(document.getText(), document.offsetAt(position));
  if (found === null) return null;
  return {
    contents: markdown ? { kind: MarkupKind.Markdown, value: found.markdown } : { kind: MarkupKind.PlainText, value: found.plain },
    range: rangeIn(document, found),
  };
}

const KIND: Readonly<Record<Completion['kind'], CompletionItemKind>> = {
  key: CompletionItemKind.Property,
  value: CompletionItemKind.Value,
  function: CompletionItemKind.Function,
};

export function rewardsCompletion(document: TextDocument, position: Position, snippets: boolean): CompletionItem[] {
  return completeConfig(document.getText(), document.offsetAt(position)).map((item, i): CompletionItem => {
    const snippet = snippets ? item.snippet : null;
    const newText = snippet ?? item.text;
    const range = rangeIn(document, item);
    return {
      label: item.label,
      kind: KIND[item.kind],
      detail: item.detail,
      // The configuration's own order says more than the alphabet.
      sortText: String(i).padStart(3, '0'),
      filterText: document.getText(range).startsWith('"') ? `"${item.label}` : item.label,
      insertTextFormat: snippet === null ? InsertTextFormat.PlainText : InsertTextFormat.Snippet,
      textEdit: { range, newText },
      ...(item.documentation === '' ? {} : { documentation: item.documentation }),
    };
  });
}
