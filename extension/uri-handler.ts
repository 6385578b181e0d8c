import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { parseDeepLink } from './deep-link';
import type { Inspectors } from './editor';

/** `vscode://turnpike.turnpike/open?path=…&attempt=…&turn=…`: opens the place, and does nothing else. */
export function uriHandler(inspectors: Inspectors): vscode.UriHandler {
  return {
    handleUri: async (uri) => {
      const place = parseDeepLink(uri.path, uri.query);
      if ('problem' in place) {
        void vscode.window.showWarningMessage(place.problem);
        return;
      }
      const isFile = await stat(place.path).then(
        (s) => s.isFile(),
        () => false,
      );
      if (!isFile) {
        void vscode.window.showWarningMessage(`The link’s file is not on this machine: ${place.path}`);
        return;
      }
      await inspectors.show({ uri: vscode.Uri.file(place.path), attempt: place.attempt, turn: place.turn });
    },
  };
}
