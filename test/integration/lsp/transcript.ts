/** A conversation as text that a person can read and a test can compare. */
import { pathToFileURL } from 'node:url';
import type { Said } from './client';

const WIDTH = 140;

function flat(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  if (Array.isArray(value)) return `[${value.map(flat).join(', ')}]`;
  const members = Object.entries(value).flatMap(([k, v]) => (v === undefined ? [] : [`${JSON.stringify(k)}: ${flat(v)}`]));
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** JSON in which what fits in a line stands in a line, and long texts stand as lines of their own. */
export function show(value: unknown, indent = ''): string {
  if (typeof value === 'string' && value.includes('\n') && value.length > 60) {
    return `|\n${value
      .split('\n')
      .map((line) => `${indent}  ${line}`.trimEnd())
      .join('\n')}`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  const line = flat(value);
  if (indent.length + line.length <= WIDTH && !/\\n/.test(line)) return line;
  const inner = `${indent}  `;
  if (Array.isArray(value)) return `[\n${value.map((v) => `${inner}${show(v, inner)}`).join('\n')}\n${indent}]`;
  return `{\n${Object.entries(value)
    .filter(([, v]) => v !== undefined)
    .map(([k, v]) => `${inner}${k}: ${show(v, inner)}`)
    .join('\n')}\n${indent}}`;
}

/** @param places folders that differ from machine to machine, by the name they get */
export function transcript(said: readonly Said[], places: Readonly<Record<string, string>>): string {
  const names = Object.entries(places)
    .flatMap(([name, path]): [string, string][] => [
      [pathToFileURL(path).toString().slice('file://'.length), name],
      [path, name],
      [encodeURIComponent(path), encodeURIComponent(name)],
    ])
    .sort((a, b) => b[0].length - a[0].length);
  const plain = (text: string): string => names.reduce((t, [path, name]) => t.replaceAll(path, name), text);
  const lines = said.map(
    ({ from, method, what, body }) =>
      `${from === 'client' ? '→' : '←'} ${method}${what === 'result' ? ' =' : what === 'error' ? ' !' : what === 'notification' ? ' .' : ''}\n${show(body)}`,
  );
  return `${plain(lines.join('\n\n'))}\n`;
}
