/** Completion, hover and problems in a reward configuration: LSP shapes around the reward stage's pure functions. */
import { DiagnosticSeverity, type CompletionItem, type Diagnostic, type Hover, type Position } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { parseConfig } from '../../reward/index';
import { SOURCE } from './diagnostics';

export function rewardsDiagnostics(document: TextDocument): Diagnostic[] {
  return parseConfig(document.getText()).problems.map(({ severity, message, offset, end }) => ({
    range: { start: document.positionAt(offset), end: document.positionAt(Math.max(end, offset + 1)) },
    severity: severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
    source: SOURCE,
    message,
  }));
}

export function rewardsHover(_document: TextDocument, _position: Position, _markdown: boolean): Hover | null {
  return null;
}

export function rewardsCompletion(_document: TextDocument, _position: Position, _client: { readonly snippets: boolean }): CompletionItem[] {
  return [];
}
