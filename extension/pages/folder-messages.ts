/** Messages between the folder table and the extension. */
import type { FolderView } from '../../server/protocol/index';

export type FromFolderPage =
  | { readonly t: 'ready' }
  | { readonly t: 'refresh' }
  | { readonly t: 'open'; readonly uri: string }
  | { readonly t: 'csv'; readonly text: string };

export type ToFolderPage =
  | { readonly t: 'view'; readonly uri: string; readonly view: FolderView }
  | { readonly t: 'progress'; readonly message: string; readonly percentage: number | null }
  | { readonly t: 'problem'; readonly message: string };

export const csvName = (folder: string): string => `${folder.replace(/[^\w.-]+/g, '-') || 'episodes'}-turnpike.csv`;
