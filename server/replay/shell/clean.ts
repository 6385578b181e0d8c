/** What a terminal would not show: control sequences go, line ends become one character. */

/** CSI, OSC and the two-character escapes, as SWE-ReX strips them. */
// eslint-disable-next-line no-control-regex -- control characters are what it is about
const CONTROL = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;

/** The text as it is compared and shown. */
export const cleaned = (text: string): string => text.replace(CONTROL, '').replaceAll('\r\n', '\n');
