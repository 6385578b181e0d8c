/** Programs of Debian packages, unpacked beside the tests: nothing is installed, no service of theirs starts. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { cacheFolder } from './install.mjs';
import { Sentence, must, which } from './run.mjs';

/**
 * @param {string} name of the package
 * @param {string} path of the program in it, from the root
 * @returns {Promise<string>} where the program lies
 */
export async function debianProgram(name, path) {
  const folder = join(cacheFolder('debian'), name);
  const program = join(folder, path);
  if (existsSync(program)) return program;
  if (!which('apt-get')) throw new Sentence(`The test needs ${path} of Debian's package ${name}, and there is no apt-get here.`);
  const work = `${folder}-${process.pid}`;
  mkdirSync(join(work, 'root'), { recursive: true });
  await must(`getting the package ${name}`, 'apt-get', ['-qq', '-o', 'APT::Sandbox::User=root', 'download', name], { cwd: work });
  const deb = readdirSync(work).find((file) => file.endsWith('.deb'));
  if (deb === undefined) throw new Sentence(`apt-get gave no file of the package ${name}.`);
  await must(`unpacking ${deb}`, 'dpkg-deb', ['-x', deb, 'root'], { cwd: work });
  rmSync(folder, { recursive: true, force: true });
  renameSync(join(work, 'root'), folder);
  rmSync(work, { recursive: true, force: true });
  if (!existsSync(program)) throw new Sentence(`Debian's package ${name} has no ${path}.`);
  return program;
}
