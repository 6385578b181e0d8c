/** The two streams of a process without a terminal come as one, each piece with a header that says which it is of. */
import { Writable } from 'node:stream';
import type { Container } from 'dockerode';

interface Modem {
  demuxStream(stream: NodeJS.ReadableStream, stdout: NodeJS.WritableStream, stderr: NodeJS.WritableStream): void;
}

export function demultiplex(
  container: Container,
  stream: NodeJS.ReadableStream,
  stdout: (chunk: Buffer) => void,
  stderr: (chunk: Buffer) => void,
): void {
  // dockerode's types leave its modem untyped.
  (container.modem as Modem).demuxStream(stream, into(stdout), into(stderr));
}

export const into = (take: (chunk: Buffer) => void): Writable =>
  new Writable({
    write(chunk: Buffer, _encoding, done) {
      take(chunk);
      done();
    },
  });
