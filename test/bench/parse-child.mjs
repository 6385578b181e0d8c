/** One reader of one file in a fresh process: prints {"ms", "readMs", "peak"}. Time goes from a path to a result. */
import { createReadStream, readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import process from 'node:process';

const [name, file] = process.argv.slice(2);

const READERS = {
  /** Beside the whole way: from bytes in memory, and from a decoded string. */
  'JSON.parse': async () => {
    const bytes = readFileSync(file);
    const held = performance.now();
    const text = bytes.toString('utf8');
    const decoded = performance.now();
    const value = JSON.parse(text);
    const end = performance.now();
    return { bytesMs: end - held, bareMs: end - decoded, turns: value.trajectory.length };
  },
  'jsonc-parser visit': async () => {
    const jsonc = (await import('jsonc-parser')).default;
    let depth = 0;
    let turns = 0;
    jsonc.visit(readFileSync(file, 'utf8'), {
      onObjectBegin: () => {
        depth++;
        if (depth === 2) turns++;
      },
      onObjectEnd: () => depth--,
    });
    return { turns };
  },
  'jsonc-parser parseTree': async () => {
    const jsonc = (await import('jsonc-parser')).default;
    const root = jsonc.parseTree(readFileSync(file, 'utf8'));
    return { turns: root.children.find((property) => property.children[0].value === 'trajectory').children[1].children.length };
  },
  'stream-json': async () => {
    const { parser } = await import('stream-json');
    const { default: chain } = await import('stream-chain');
    let turns = 0;
    let depth = 0;
    // tokens only: nothing is packed that is not looked at
    const tokens = chain([
      createReadStream(file, { highWaterMark: 1 << 20 }),
      parser({ packKeys: false, packStrings: false, packNumbers: false, streamStrings: false, streamNumbers: false }),
    ]);
    tokens.on('data', ({ name: token }) => {
      if (token === 'startObject' && ++depth === 2) turns++;
      else if (token === 'endObject') depth--;
    });
    await new Promise((resolve, reject) => tokens.on('end', resolve).on('error', reject));
    return { turns };
  },
};

const began = performance.now();
const extra = await READERS[name]();
console.log(JSON.stringify({ ms: performance.now() - began, peak: process.resourceUsage().maxRSS * 1024, ...extra }));
