export * from './types';
export * from './side/index';
export { patchHash, hash53, stripAnsi } from './facts';
export { readEpisode, type ReadOptions } from './read';
export { byteOfChar, charLength, charOfByte, decode, decodeHead, decodePassage, type Decoded } from './json/text';
export { linesAt, positionAt } from './json/lines';
