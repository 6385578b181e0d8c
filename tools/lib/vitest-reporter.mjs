/** A vitest reporter: writes every test with its state, and the reason of each skip, to the file that `TURNPIKE_RESULTS` names. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import process from 'node:process';

const name = (test) => `${test.module.relativeModuleId} > ${test.fullName}`;
const firstLine = (error) => String(error?.message ?? error).split('\n')[0];

export default class Results {
  onTestRunEnd(modules, unhandled) {
    const results = { passed: 0, failed: [], skipped: [] };
    for (const module of modules) {
      for (const error of module.errors()) results.failed.push({ name: module.relativeModuleId, message: firstLine(error) });
      for (const suite of module.children.allSuites()) {
        for (const error of suite.errors())
          results.failed.push({ name: `${module.relativeModuleId} > ${suite.fullName}`, message: firstLine(error) });
      }
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') results.passed++;
        else if (result.state === 'skipped') results.skipped.push({ name: name(test), reason: result.note ?? null });
        else results.failed.push({ name: name(test), message: firstLine(result.errors?.[0] ?? 'did not end') });
      }
    }
    for (const error of unhandled) results.failed.push({ name: 'outside a test', message: firstLine(error) });
    const file = process.env.TURNPIKE_RESULTS;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(results, null, 1));
  }
}
