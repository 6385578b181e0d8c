import { basename } from 'node:path';
import * as vscode from 'vscode';
import { methods, type ReplayChoice, type ReplayFailure } from '../../server/protocol/index';
import type { Context } from '../commands/context';
import type { Where } from '../editor';
import { withProgress } from './progress';
import { refOf } from './replays';

const PULL = 'Pull Image…';
const IMAGE = 'Choose Image…';
const CLONE = 'Choose Clone…';
const TRUST = 'Manage Workspace Trust';
const CHECK = 'Check This Installation';
const AGAIN = 'Try Again';
const NEEDS = 'Show What It Needs';

const WAYS: Readonly<Record<ReplayFailure['reason'], readonly string[]>> = {
  untrusted: [TRUST],
  no_engine: [CHECK, AGAIN],
  no_image: [PULL, IMAGE, NEEDS],
  cannot_replay: [NEEDS],
  repository: [CLONE, IMAGE, NEEDS],
  engine_stopped: [AGAIN, CHECK],
  cancelled: [],
};

/** What is said of a failure here: the server's sentence, but for the flags of its command line. */
export function failureWords({ reason, sentence, images }: ReplayFailure): string {
  if (reason !== 'no_image') return sentence;
  return images.length === 0
    ? 'The episode does not say which image it ran in. Choose one that has its repository and tools.'
    : `The engine has no image ${images.join(' or ')}. It can be pulled, or another one chosen.`;
}

/**
 * Says why a replay could not be, with the ways out.
 * @returns what to try again with; null: the user left it at that
 */
export async function wayOut(c: Context, where: Where, choice: ReplayChoice, failure: ReplayFailure): Promise<ReplayChoice | null> {
  if (failure.reason === 'cancelled') {
    vscode.window.setStatusBarMessage('Replay cancelled', 4000);
    return null;
  }
  const ways = WAYS[failure.reason].filter((way) => way !== PULL || failure.images.length > 0);
  const picked = await vscode.window.showWarningMessage(failureWords(failure), ...ways);
  switch (picked) {
    case PULL:
      return (await pullImage(c, where, failure.images)) ? choice : null;
    case IMAGE:
      return await chooseImage(c, where, choice, failure.images);
    case CLONE:
      return await chooseClone(c, where, choice);
    case TRUST:
      await vscode.commands.executeCommand('workbench.trust.manage');
      return null;
    case CHECK:
      await vscode.commands.executeCommand('turnpike.doctor');
      return null;
    case NEEDS:
      await vscode.commands.executeCommand('turnpike.preflight', refOf(where));
      return null;
    case AGAIN:
      return choice;
    default:
      return null;
  }
}

async function pullImage(c: Context, where: Where, images: readonly string[]): Promise<boolean> {
  const image =
    images.length === 1
      ? images[0]
      : await vscode.window.showQuickPick([...images], { title: 'Which Image to Pull', ignoreFocusOut: true });
  if (image === undefined) return false;
  const pull = 'Pull';
  const agreed = await vscode.window.showInformationMessage(
    `Pull ${image}?`,
    { modal: true, detail: 'The container engine fetches it from its registry. Images of SWE-bench have one to several GB.' },
    pull,
  );
  if (agreed !== pull) return false;
  const failure = await withProgress(c, where, `Pulling ${image}`, (token) => c.replays.pull(where, image, token));
  if (failure === null) return true;
  if (failure.reason === 'cancelled') vscode.window.setStatusBarMessage('Pull cancelled; layers that came are kept', 4000);
  else {
    const chosen = await vscode.window.showErrorMessage(failure.sentence, CHECK);
    if (chosen === CHECK) await vscode.commands.executeCommand('turnpike.doctor');
  }
  return false;
}

async function chooseImage(c: Context, where: Where, choice: ReplayChoice, known: readonly string[]): Promise<ReplayChoice | null> {
  const image = await vscode.window.showInputBox({
    title: 'Image to Replay In',
    prompt: 'Name or id of an image that the engine has, with the repository and tools of the episode',
    value: choice.image ?? known[0] ?? '',
    ignoreFocusOut: true,
    validateInput: (v) =>
      /^[\w][\w.\-/:@]*$/.test(v.trim()) ? undefined : 'A name such as swebench/sweb.eval.x86_64.repo:latest, or an id.',
  });
  if (image === undefined) return null;
  const name = image.trim();
  const kept = await keep(c, where, 'turnpike.replay.images', name);
  if (kept === null) return null;
  // What stands in the settings is not asked for besides: a choice of once would hide a later change of them.
  const { image: _, ...rest } = choice;
  return kept ? rest : { ...choice, image: name };
}

async function chooseClone(c: Context, where: Where, choice: ReplayChoice): Promise<ReplayChoice | null> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      title: 'Clone of the Episode’s Repository',
      openLabel: 'Use Clone',
      canSelectFiles: false,
      canSelectFolders: true,
    })) ?? [];
  if (!folder) return null;
  const commit = await vscode.window.showInputBox({
    title: `Commit of ${basename(folder.fsPath)} That the Episode Started From`,
    prompt: 'A commit, tag or branch of the clone. The clone is only read.',
    value: choice.repository?.commit ?? (await baseCommit(c, where)) ?? '',
    ignoreFocusOut: true,
    validateInput: (v) => (/^[\w][\w./-]*$/.test(v.trim()) ? undefined : 'A commit such as bfd2593d, a tag or a branch.'),
  });
  if (commit === undefined) return null;
  const repository = { directory: folder.fsPath, commit: commit.trim() };
  const kept = await keep(c, where, 'turnpike.replay.repositories', repository);
  if (kept === null) return null;
  const { repository: _, ...rest } = choice;
  return kept ? rest : { ...choice, repository };
}

/** The commit that the episode's configuration names; null: it names none. */
async function baseCommit(c: Context, where: Where): Promise<string | null> {
  const piece = await c.engine.request(methods.text, { ...refOf(where), what: 'configuration' }).catch(() => null);
  return /base_commit\\?"\s*:\s*\\?"([0-9a-f]{7,64})\b/.exec(piece?.text ?? '')?.[1] ?? null;
}

/**
 * Asks for how long a choice holds, and writes it.
 * @returns whether it was written; null: the user left
 */
async function keep(
  c: Context,
  where: Where,
  key: 'turnpike.replay.images' | 'turnpike.replay.repositories',
  value: unknown,
): Promise<boolean | null> {
  const named = c.episodes.view(where.uri)?.head.instance ?? null;
  // A name is a pattern here, and comes from a file that anybody may have written.
  const instance = named?.includes('*') ? null : named;
  const project = /^(.+__.+)-[^-]+$/.exec(instance ?? '')?.[1];
  const patterns: readonly (vscode.QuickPickItem & { readonly pattern: string | null })[] = [
    ...(instance === null ? [] : [{ label: `For ${instance}`, description: key, pattern: instance }]),
    ...(project === undefined || key !== 'turnpike.replay.images'
      ? []
      : [{ label: `For All Tasks of ${project}`, description: key, pattern: `${project}-*` }]),
    { label: 'For This Replay Only', pattern: null },
  ];
  const picked =
    patterns.length === 1 ? patterns[0] : await vscode.window.showQuickPick(patterns, { title: 'Use It…', ignoreFocusOut: true });
  if (!picked) return null;
  if (picked.pattern === null) return false;
  const open = (vscode.workspace.workspaceFolders?.length ?? 0) > 0;
  const configuration = vscode.workspace.getConfiguration();
  const set = configuration.inspect<Readonly<Record<string, unknown>>>(key);
  // The first pattern that matches counts, so the new one stands first.
  const { [picked.pattern]: _, ...others } = (open ? set?.workspaceValue : set?.globalValue) ?? {};
  await configuration.update(
    key,
    { [picked.pattern]: value, ...others },
    open ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global,
  );
  return true;
}
