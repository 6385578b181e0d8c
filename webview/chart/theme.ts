/** Counts theme changes: a canvas has to be painted again with the new colours. */
import { signal } from '@preact/signals';

export const themeVersion = signal(0);

// The editor rewrites the variables on <html> and the theme's class on <body>.
const observer = new MutationObserver(() => themeVersion.value++);
observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
