import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { EpisodeView } from '../server/protocol/index';
import type { Episodes } from './episodes';
import { count } from './words';

type Finding = EpisodeView['findings'][number];
type Node =
  | { readonly kind: 'episode'; readonly view: EpisodeView; readonly findings: readonly Finding[] }
  | { readonly kind: 'finding'; readonly view: EpisodeView; readonly finding: Finding };

const MARK = { proved: '■', strong: '◆', weak: '▲' } as const;
const ORDER = { proved: 0, strong: 1, weak: 2 } as const;

/** Suspected reward hacks of the open episodes, the surest first. */
export class FindingsView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changeEmitter = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changeEmitter.event;
  private readonly view: vscode.TreeView<Node>;
  private readonly subscription: vscode.Disposable;

  constructor(private readonly episodes: Episodes) {
    this.view = vscode.window.createTreeView('turnpike.findings', { treeDataProvider: this, showCollapseAll: true });
    this.subscription = episodes.onView(() => this.update());
    this.update();
  }

  getChildren(node?: Node): Node[] {
    if (node?.kind === 'episode') return node.findings.map((finding) => ({ kind: 'finding', view: node.view, finding }));
    return node === undefined ? this.roots() : [];
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if (node.kind === 'episode') {
      const item = new vscode.TreeItem(node.view.head.instance ?? basename(node.view.path), vscode.TreeItemCollapsibleState.Expanded);
      item.description = count(node.findings.length, 'finding');
      item.tooltip = node.view.path;
      item.contextValue = 'episode';
      return item;
    }
    const { finding, view } = node;
    const first = finding.turns[0] ?? 0;
    const item = new vscode.TreeItem(`${MARK[finding.grade]} ${finding.rule} ${finding.title}`);
    item.description =
      finding.turns.length > 1
        ? `turns ${finding.turns
            .slice(0, 4)
            .map((t) => t + 1)
            .join(', ')}${finding.turns.length > 4 ? ', …' : ''}`
        : `turn ${first + 1}`;
    item.tooltip = `${finding.message}\nGrade: ${finding.grade}`;
    item.contextValue = 'finding';
    const evidence = finding.evidence[0];
    item.command = {
      command: 'turnpike.openEvidence',
      title: 'Show Evidence',
      arguments: [
        {
          uri: view.uri,
          attempt: view.attempt,
          turn: evidence?.turn ?? first,
          field: evidence?.field,
          span: evidence && { start: evidence.start, end: evidence.end },
        },
      ],
    };
    return item;
  }

  /** The rule of a node: what "Mute Rule" acts on. */
  static ruleOf(node: unknown): string | null {
    const n = node as Partial<Node> | null | undefined;
    return n?.kind === 'finding' ? (n as Extract<Node, { kind: 'finding' }>).finding.rule : null;
  }

  dispose(): void {
    this.subscription.dispose();
    this.view.dispose();
    this.changeEmitter.dispose();
  }

  private roots(): Node[] {
    return this.episodes.openViews().flatMap((view): Node[] => {
      const findings = view.findings
        .filter((f) => !f.suppressed)
        .sort((a, b) => ORDER[a.grade] - ORDER[b.grade] || (a.turns[0] ?? 0) - (b.turns[0] ?? 0));
      return findings.length > 0 ? [{ kind: 'episode', view, findings }] : [];
    });
  }

  private update(): void {
    const open = this.episodes.openViews();
    const total = open.reduce((n, v) => n + v.findings.filter((f) => !f.suppressed).length, 0);
    this.view.badge = total > 0 ? { value: total, tooltip: count(total, 'suspected hack') } : undefined;
    this.view.message =
      open.length === 0
        ? 'No episode is open. Findings of open episodes are listed here.'
        : total === 0
          ? 'No suspected hack in the open episodes.'
          : '';
    this.changeEmitter.fire();
  }
}
