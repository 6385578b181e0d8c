import * as vscode from 'vscode';
import { replayMethods, type StateEntry } from '../../server/protocol/index';
import type { Engine } from '../client';
import { STATE_SCHEME } from '../defaults';
import { refOf } from './replays';
import { isName, parseStateUri, stateName, stateUri, type StatePlace } from './state-uri';

/** Folders kept at hand: VS Code asks for each entry of a folder by itself. */
const KEPT = 200;

const TYPES: Readonly<Record<StateEntry['type'], vscode.FileType>> = {
  file: vscode.FileType.File,
  folder: vscode.FileType.Directory,
  // What a link points at may lie outside of the repository: its own text is shown.
  link: vscode.FileType.File,
};

/** The repository as it was after a turn, as a read-only file system. States never change, so nothing is watched. */
export class StateFiles implements vscode.FileSystemProvider, vscode.FileDecorationProvider, vscode.Disposable {
  private readonly changeEmitter = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.changeEmitter.event;
  private readonly folders = new Map<string, Promise<readonly StateEntry[] | null>>();
  private readonly registration: vscode.Disposable;

  constructor(private readonly engine: Engine) {
    this.registration = vscode.Disposable.from(
      vscode.workspace.registerFileSystemProvider(STATE_SCHEME, this, { isReadonly: true, isCaseSensitive: true }),
      vscode.window.registerFileDecorationProvider(this),
    );
  }

  /** Which state a document is of, for whoever points at its name. */
  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    const place = uri.scheme === STATE_SCHEME ? parseStateUri(uri.toString()) : null;
    return place ? { tooltip: `as it was ${place.turn < 0 ? '' : 'after '}${stateName(place.turn)}` } : undefined;
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const place = placeOf(uri);
    const times = { ctime: 0, mtime: 0 };
    if (place.path === '') return { type: vscode.FileType.Directory, ...times, size: 0 };
    const entry = await this.entry(place, uri);
    return { type: TYPES[entry.type], ...times, size: entry.size, permissions: vscode.FilePermission.Readonly };
  }

  async readDirectory(uri: vscode.Uri): Promise<[string, vscode.FileType][]> {
    const entries = await this.entries(placeOf(uri));
    if (entries === null) throw vscode.FileSystemError.FileNotFound(uri);
    return entries.map((e) => [e.name, TYPES[e.type]]);
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const place = placeOf(uri);
    const text = await this.engine.request(replayMethods.file, { ...ref(place), turn: place.turn, path: place.path });
    if (text === null) throw vscode.FileSystemError.FileNotFound(uri);
    return Buffer.from(text, 'base64');
  }

  createDirectory(uri: vscode.Uri): never {
    throw readOnly(uri);
  }
  writeFile(uri: vscode.Uri): never {
    throw readOnly(uri);
  }
  delete(uri: vscode.Uri): never {
    throw readOnly(uri);
  }
  rename(uri: vscode.Uri): never {
    throw readOnly(uri);
  }

  /** Entries of a folder, folders first; null: it is not known, or not there. Entries that no path can name are left out. */
  async entries(place: StatePlace): Promise<readonly StateEntry[] | null> {
    const key = stateUri(place);
    let answer = this.folders.get(key);
    if (!answer) {
      answer = this.engine
        .request(replayMethods.folder, { ...ref(place), turn: place.turn, path: place.path })
        .then((found) => found?.filter((e) => isName(e.name)) ?? null);
      answer.then(
        (found) => found === null && this.folders.delete(key),
        () => this.folders.delete(key),
      );
      this.folders.set(key, answer);
      for (const old of this.folders.keys()) {
        if (this.folders.size <= KEPT) break;
        this.folders.delete(old);
      }
    }
    const found = await answer;
    return found === null ? null : [...found].sort((a, b) => Number(b.type === 'folder') - Number(a.type === 'folder') || order(a, b));
  }

  /** A file was replayed again: its states may be others. */
  forget(file: string): void {
    const changed: vscode.FileChangeEvent[] = [];
    for (const key of this.folders.keys()) if (parseStateUri(key)?.uri === file) this.folders.delete(key);
    for (const { uri } of vscode.workspace.textDocuments)
      if (parseStateUri(uri.toString())?.uri === file) changed.push({ type: vscode.FileChangeType.Changed, uri });
    if (changed.length > 0) this.changeEmitter.fire(changed);
  }

  dispose(): void {
    this.registration.dispose();
    this.changeEmitter.dispose();
  }

  private async entry(place: StatePlace, uri: vscode.Uri): Promise<StateEntry> {
    const parts = place.path.split('/');
    const name = parts.pop();
    const entry = (await this.entries({ ...place, path: parts.join('/') }))?.find((e) => e.name === name);
    if (!entry) throw vscode.FileSystemError.FileNotFound(uri);
    return entry;
  }
}

const natural = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
const order = (a: StateEntry, b: StateEntry): number => natural.compare(a.name, b.name);

const ref = (place: StatePlace): { readonly uri: string; readonly attempt?: number } =>
  refOf({ uri: vscode.Uri.parse(place.uri), attempt: place.attempt, turn: place.turn });

function placeOf(uri: vscode.Uri): StatePlace {
  const place = parseStateUri(uri.toString());
  if (!place) throw vscode.FileSystemError.FileNotFound(uri);
  return place;
}

const readOnly = (uri: vscode.Uri): vscode.FileSystemError =>
  vscode.FileSystemError.NoPermissions(`${uri.path} is a state of a replay, which is only read.`);
