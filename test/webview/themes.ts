/**
 * The default values of the colours that the page uses, as VS Code 1.139 (MIT) gives them to a webview under its four
 * built-in themes. Colours that a theme leaves undefined are absent, as they are there.
 */
import themes from './themes.json' with { type: 'json' };

export type ThemeName = keyof typeof themes;
export interface Theme {
  readonly name: string;
  readonly bodyClass: string;
  readonly variables: Readonly<Record<string, string>>;
}
export const THEMES: Readonly<Record<ThemeName, Theme>> = themes;
export const THEME_NAMES = Object.keys(themes) as ThemeName[];
