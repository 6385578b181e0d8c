import { randomBytes } from 'node:crypto';

/** What a page loads, as URIs that the webview may fetch. */
export interface PageParts {
  readonly title: string;
  readonly scripts: readonly string[];
  readonly styles: readonly string[];
  /** `webview.cspSource`: where the extension's own files come from. */
  readonly source: string;
}

const escape = (s: string): string => s.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/**
 * The one place that builds a page and its content security policy: own scripts under a nonce, own styles, fonts and
 * pictures, and no connection to anywhere. Nothing of an episode is ever put in this text.
 */
export function pageHtml(parts: PageParts, nonce = randomBytes(16).toString('base64')): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${parts.source}`,
    `font-src ${parts.source} data:`,
    `img-src ${parts.source}`,
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const styles = parts.styles.map((href) => `<link rel="stylesheet" href="${escape(href)}">`).join('\n');
  const scripts = parts.scripts.map((src) => `<script nonce="${nonce}" src="${escape(src)}"></script>`).join('\n');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${escape(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(parts.title)}</title>
${styles}
</head>
<body>
<div id="app"></div>
${scripts}
</body>
</html>
`;
}
