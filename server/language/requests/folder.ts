/** The folder table: every episode under a folder with its totals, and what they are together. */
import type { FolderView } from '../../protocol/index';
import { pathOfUri } from '../../protocol/uri';
import { BadRequest } from '../failure';
import type { Session } from '../session';

export async function folderView(_session: Session, uri: string, _signal: AbortSignal, _progress: (done: number, total: number) => void): Promise<FolderView> {
  if (pathOfUri(uri) === null) throw new BadRequest('no');
  return Promise.reject(new Error('todo'));
}
