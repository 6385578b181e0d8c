import { describe, expect, it } from 'vitest';
import { decoded } from '../../../server/replay/shell/decode';
import { Output } from '../../../server/replay/shell/output';

/** Bytes (hex), and what Python 3.11 makes of them with `errors='replace'` and `errors='backslashreplace'`. */
const PYTHON: readonly (readonly [hex: string, replace: string, backslashes: string])[] = [
  ['61ff62', 'a\ufffdb', 'a\\xffb'],
  ['e282', '\ufffd', '\\xe2\\x82'],
  ['e282ace28278', '\u20ac\ufffdx', '\u20ac\\xe2\\x82x'],
  ['eda080', '\ufffd\ufffd\ufffd', '\\xed\\xa0\\x80'],
  ['f09f9880f09f98', '\ud83d\ude00\ufffd', '\ud83d\ude00\\xf0\\x9f\\x98'],
  ['c0af', '\ufffd\ufffd', '\\xc0\\xaf'],
  ['f4908080', '\ufffd\ufffd\ufffd\ufffd', '\\xf4\\x90\\x80\\x80'],
  ['e08080', '\ufffd\ufffd\ufffd', '\\xe0\\x80\\x80'],
  ['6f6b20c3a9', 'ok \u00e9', 'ok \u00e9'],
  ['80bf', '\ufffd\ufffd', '\\x80\\xbf'],
  ['f08080807a', '\ufffd\ufffd\ufffd\ufffdz', '\\xf0\\x80\\x80\\x80z'],
  ['efbbbf626f6d', '\ufeffbom', '\ufeffbom'],
  ['9fedbf4180', '\ufffd\ufffd\ufffdA\ufffd', '\\x9f\\xed\\xbfA\\x80'],
  ['f480e2ff41f4c34180', '\ufffd\ufffd\ufffdA\ufffd\ufffdA\ufffd', '\\xf4\\x80\\xe2\\xffA\\xf4\\xc3A\\x80'],
  ['ed80c380f4ed', '\ufffd\u00c0\ufffd\ufffd', '\\xed\\x80\u00c0\\xf4\\xed'],
  ['ff80c3', '\ufffd\ufffd\ufffd', '\\xff\\x80\\xc3'],
  ['bfff41ffffed41c3', '\ufffd\ufffdA\ufffd\ufffd\ufffdA\ufffd', '\\xbf\\xffA\\xff\\xff\\xedA\\xc3'],
  ['f49fa9', '\ufffd\ufffd\ufffd', '\\xf4\\x9f\\xa9'],
  ['9ff480ffa9f4', '\ufffd\ufffd\ufffd\ufffd\ufffd', '\\x9f\\xf4\\x80\\xff\\xa9\\xf4'],
  ['bf9f80ffffbfc3e280', '\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd', '\\xbf\\x9f\\x80\\xff\\xff\\xbf\\xc3\\xe2\\x80'],
];

describe('bytes that are no UTF-8', () => {
  it.each(PYTHON)('become what Python made of them: %s', (hex, replace, backslashes) => {
    const bytes = Buffer.from(hex, 'hex');
    expect(decoded(bytes, 'replace')).toBe(replace);
    expect(decoded(bytes, 'backslashes')).toBe(backslashes);
  });

  it.each(['replace', 'backslashes'] as const)('are not made by a limit that cuts a character (%s)', (undecodable) => {
    for (let limit = 0; limit <= 12; limit++) {
      const output = new Output(limit, undecodable);
      for (const byte of Buffer.from('a€😀é€')) output.add(Uint8Array.of(byte));
      expect('a€😀é€'.startsWith(output.end().text)).toBe(true);
      expect(output.end().truncated).toBe(true);
    }
  });
});
