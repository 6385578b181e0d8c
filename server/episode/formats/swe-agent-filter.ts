import type { Doc, NodeId } from './format';
import { asArray, asRecord, own, replayConfig } from './values';

/** SWE-agent's default filter (1.x `ToolFilterConfig`): a plain test of the command's front, and of the whole of it. */
const BLOCKED_FRONTS = ['vim', 'vi', 'emacs', 'nano', 'nohup', 'gdb', 'less', 'tail -f', 'python -m venv', 'make'];
const BLOCKED_ALONE = ['python', 'python3', 'ipython', 'bash', 'sh', '/bin/bash', '/bin/sh', 'nohup', 'vi', 'vim', 'emacs', 'nano', 'su'];

export type BlockTest = (action: string) => boolean;

/** The run's filter, out of `replay_config`; the defaults where that has none. */
export function filterOf(doc: Doc, node: NodeId, root: NodeId): BlockTest {
  const config = replayConfig(doc, node) ?? replayConfig(doc, root);
  const tools = asRecord(own(asRecord(own(config, 'agent')), 'tools'));
  const filter = asRecord(own(tools, 'filter'));
  const fronts = list(filter, 'blocklist') ?? BLOCKED_FRONTS;
  const alone = list(filter, 'blocklist_standalone') ?? BLOCKED_ALONE;
  return (action) => {
    const command = action.trim();
    if (fronts.some((front) => command.startsWith(front)) || alone.includes(command)) return true;
    return (command.startsWith('radare2') || command.startsWith('r2 ')) && !/\s-c\s/.test(command);
  };
}

function list(filter: Readonly<Record<string, unknown>> | null, key: string): string[] | null {
  const value = own(filter, key);
  return Array.isArray(value) ? asArray(value).filter((entry): entry is string => typeof entry === 'string') : null;
}
