import * as vscode from 'vscode';
import { methods, type ReplayView } from '../../server/protocol/index';
import type { Context } from '../commands/context';
import type { EpisodesView } from '../episodes-view';
import { group } from '../grouping';
import { shown } from './observations';
import { refOf } from './replays';
import { failureText, resultOf, tested } from './test-results';
import { failureWords, wayOut } from './ways-out';
import { MARKS, oneLine, progressWords, replayWords } from './words';

/** Wishes that are with the server at once: it runs few of them, and each keeps its episode in memory. */
const ASKED = 6;
/** How long the server may take to say that a replay changed its episode. */
const SETTLED_MS = 2000;
/** Turns that get a place in the readable document, and so a mark beside their line. */
const PLACED = 500;
/** Turns whose lines are asked for at once. */
const ROWS = 500;

/**
 * The Testing view: an episode is a test with its turns as children, running it replays it, and a turn that really
 * diverged is a failed assertion: recorded is what was expected, replayed what came.
 */
export class ReplayTests implements vscode.Disposable {
  private readonly controller = vscode.tests.createTestController('turnpike.replay', 'Turnpike Replay');
  private readonly episodes = new Map<string, vscode.TestItem>();
  /** Episodes that were run here: to run one again means to replay it again, whatever is known. */
  private readonly ran = new Set<string>();
  /** Episodes whose replay is a run of this view, or was a moment ago: that they changed is its own doing. */
  private readonly settling = new Set<string>();
  private readonly subscriptions: vscode.Disposable[] = [];
  private listed: Promise<void> | null = null;

  constructor(
    private readonly c: Context,
    private readonly tree: EpisodesView,
  ) {
    this.controller.resolveHandler = async (item) => {
      if (!item) await (this.listed ??= this.list());
    };
    this.controller.refreshHandler = async () => {
      this.tree.refresh();
      await (this.listed = this.list());
    };
    this.controller.createRunProfile('Replay', vscode.TestRunProfileKind.Run, (request, token) => this.run(request, token), true);
    this.subscriptions.push(
      this.controller,
      tree.onListed(() => {
        // Before anybody looked at the view nothing is listed for it.
        if (this.listed) this.listed = this.list();
      }),
      c.engine.onChanged((changed) => this.outdated(vscode.Uri.parse(changed.uri).toString())),
      c.replays.onChanged(({ uri, progress }) => {
        if (progress.phase === 'ended') this.outdated(uri.toString());
      }),
    );
  }

  dispose(): void {
    for (const s of this.subscriptions) s.dispose();
  }

  /** What was told of an episode was of another file, or of another replay. */
  private outdated(key: string): void {
    const item = this.episodes.get(key);
    if (item && !this.settling.has(key)) this.controller.invalidateTestResults(item);
  }

  private async list(): Promise<void> {
    const { found, total } = await this.tree.files();
    const groups = group(found);
    // What was listed before keeps its item, and with it its turns.
    const before = new Map(this.episodes);
    this.episodes.clear();
    const roots = groups.map((g) => {
      const items = g.instances.flatMap((i) =>
        i.files.map((file) => {
          const item = before.get(file.key) ?? this.controller.createTestItem(file.key, oneLine(i.instance), vscode.Uri.parse(file.key));
          if (i.files.length > 1 || groups.length === 1) item.description = oneLine(file.path);
          this.episodes.set(file.key, item);
          return item;
        }),
      );
      if (groups.length === 1) return items;
      const folder = this.controller.createTestItem(`folder:${g.folder}`, g.folder === '.' ? 'Workspace folder' : oneLine(g.folder));
      folder.children.replace(items);
      return [folder];
    });
    const all = roots.flat();
    if (total > found.length && all[0])
      all[0].description = `first ${found.length.toLocaleString('en-US')} of ${total.toLocaleString('en-US')} episodes`;
    this.controller.items.replace(all);
  }

  private async run(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    await (this.listed ??= this.list());
    const run = this.controller.createTestRun(request);
    const excluded = new Set((request.exclude ?? []).map((i) => i.id));
    const wanted = this.wanted(request).filter((item) => !excluded.has(item.id));
    for (const item of wanted) run.enqueued(item);
    const refused = new Map<string, () => Promise<void>>();
    const queue = [...wanted];
    const work = async (): Promise<void> => {
      for (let item = queue.shift(); item && !token.isCancellationRequested; item = queue.shift())
        await this.replay(run, item, token, refused).catch((e: unknown) => this.failed(run, item, e));
    };
    await Promise.all(Array.from({ length: Math.min(ASKED, queue.length) }, work));
    for (const item of queue) run.skipped(item);
    run.end();
    // One message for each reason, however many episodes it stopped.
    for (const tell of refused.values()) await tell();
  }

  /** The episodes that a request means: a turn means its episode, since it needs all turns before. */
  private wanted(request: vscode.TestRunRequest): readonly vscode.TestItem[] {
    const found = new Map<string, vscode.TestItem>();
    const collect = (item: vscode.TestItem): void => {
      if (this.episodes.has(item.id)) found.set(item.id, item);
      else if (item.parent && this.episodes.has(item.parent.id)) found.set(item.parent.id, item.parent);
      else item.children.forEach(collect);
    };
    if (request.include) for (const item of request.include) collect(item);
    else this.controller.items.forEach(collect);
    return [...found.values()];
  }

  private async replay(
    run: vscode.TestRun,
    item: vscode.TestItem,
    token: vscode.CancellationToken,
    refused: Map<string, () => Promise<void>>,
  ): Promise<void> {
    const uri = vscode.Uri.parse(item.id);
    const where = { uri, attempt: null, turn: null };
    const began = Date.now();
    // Several episodes run at once: each line says whose it is.
    const say = (text: string): void => run.appendOutput(`${item.label}  ${text}\r\n`, undefined, item);
    // Held, so that the server keeps the file and its replay while the turns are told.
    const held = this.c.episodes.hold(uri);
    this.settling.add(item.id);
    let started = false;
    let live = false;
    const listening = this.c.replays.onChanged(({ uri: of, progress }) => {
      if (of.toString() !== uri.toString() || progress.phase === 'ended') return;
      if (!started && progress.phase !== 'waiting') {
        started = true;
        run.started(item);
      }
      if (progress.turn) {
        live = true;
        say(`${MARKS[progress.turn.mark]} turn ${progress.turn.index + 1} of ${progress.of}`);
      } else say(progressWords(progress));
    });
    try {
      const opened = await this.c.episodes.open(uri, null, token);
      if ('failure' in opened) {
        run.errored(item, new vscode.TestMessage(oneLine(opened.failure.sentences.join(' '), 1000)));
        return;
      }
      const result = await this.c.replays.start(where, { again: this.ran.has(item.id) }, token);
      if ('failure' in result) {
        const { failure } = result;
        if (failure.reason === 'cancelled') {
          run.skipped(item);
          return;
        }
        run.errored(item, new vscode.TestMessage(failureWords(failure)), Date.now() - began);
        say(oneLine(failureWords(failure), 2000));
        const again = async (): Promise<void> => {
          const choice = await wayOut(this.c, where, {}, failure);
          if (choice) await vscode.commands.executeCommand('turnpike.replay', refOf(where));
        };
        if (!refused.has(failure.reason)) refused.set(failure.reason, again);
        return;
      }
      this.ran.add(item.id);
      if (!started) run.started(item);
      if (!live) say('Known of the same inputs; run it again to replay it again.');
      await this.tell(run, item, result.view, Date.now() - began);
    } finally {
      listening.dispose();
      held.dispose();
      setTimeout(() => this.settling.delete(item.id), SETTLED_MS);
    }
  }

  private async tell(run: vscode.TestRun, item: vscode.TestItem, view: ReplayView, duration: number): Promise<void> {
    const turns = await this.children(item, view);
    const failed: string[] = [];
    for (const [turn, child] of turns) {
      const mark = view.marks[turn] ?? 'not_replayed';
      const result = resultOf(mark);
      if (result === 'passed') run.passed(child);
      else if (result === 'skipped') run.skipped(child);
      else {
        run.appendOutput(`${item.label}  ≠ ${child.label}\r\n`, undefined, child);
        const message = await this.message(item, view, turn, child);
        run.failed(child, message);
        failed.push(typeof message.message === 'string' ? message.message : message.message.value);
      }
    }
    run.appendOutput(`${item.label}  ${replayWords(view)} · ${oneLine(view.image.name)}\r\n`, undefined, item);
    for (const problem of view.problems) run.appendOutput(`${oneLine(problem, 1000)}\r\n`, undefined, item);
    // What failed is said at the turn: the episode's own result is that of its turns.
    if (failed.length === 0) run.passed(item, duration);
    else run.failed(item, [], duration);
  }

  /** The turns as children of their episode, each with its line in the readable document. */
  private async children(item: vscode.TestItem, view: ReplayView): Promise<ReadonlyMap<number, vscode.TestItem>> {
    const turns = tested(view);
    const uri = item.id;
    const labels = new Map<number, string>();
    for (let from = 0; from < view.marks.length; from += ROWS) {
      const { rows } = await this.c.engine.request(methods.rows, { uri, from, to: Math.min(view.marks.length, from + ROWS) });
      for (const row of rows) labels.set(row.index, oneLine(row.action, 80));
    }
    const items = new Map<number, vscode.TestItem>();
    for (const turn of turns) {
      const place = turn < PLACED ? await this.c.engine.request(methods.locate, { uri, turn }).catch(() => null) : null;
      const child = this.controller.createTestItem(
        `turn:${turn}`,
        `Turn ${turn + 1} · ${labels.get(turn) ?? ''}`,
        vscode.Uri.parse(place?.uri ?? uri),
      );
      if (place) child.range = new vscode.Range(place.range.start.line, 0, place.range.start.line, 0);
      // Ten comes after nine.
      child.sortText = String(turn).padStart(9, '0');
      items.set(turn, child);
    }
    item.children.replace([...items.values()]);
    return items;
  }

  private async message(item: vscode.TestItem, view: ReplayView, turn: number, child: vscode.TestItem): Promise<vscode.TestMessage> {
    const facts = await this.c.observations.turn({ uri: vscode.Uri.parse(item.id), attempt: null, turn });
    const cause = view.causes.find((found) => found.turn === turn) ?? view.causes[0];
    const message = vscode.TestMessage.diff(
      oneLine(failureText(turn, facts?.facts.divergence ?? null, cause?.sentence ?? null), 1000),
      shown(facts?.recorded ?? ''),
      shown(facts?.replayed ?? ''),
    );
    const place = await this.c.engine.request(methods.locate, { uri: item.id, turn, field: 'observation' }).catch(() => null);
    if (place) message.location = new vscode.Location(vscode.Uri.parse(place.uri), new vscode.Position(place.range.start.line, 0));
    else if (child.uri && child.range) message.location = new vscode.Location(child.uri, child.range);
    return message;
  }

  private failed(run: vscode.TestRun, item: vscode.TestItem, error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    this.c.engine.log.error(`Replay of ${item.id}: ${text}`);
    run.errored(item, new vscode.TestMessage(oneLine(text, 1000)));
  }
}
