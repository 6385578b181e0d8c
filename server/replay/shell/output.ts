/** Output of a command as it comes in: bounded, and decoded once at the end. */
import { decoded, withoutCutEnd, type Undecodable } from './decode';

export interface Printed {
  /** UTF-8 decoded. */
  readonly text: string;
  /** Bytes printed, also those that were not kept. */
  readonly bytes: number;
  readonly truncated: boolean;
}

export class Output {
  private readonly kept: Uint8Array[] = [];
  private keptBytes = 0;
  private seen = 0;

  constructor(
    private readonly limit: number,
    private readonly undecodable: Undecodable,
  ) {}

  get bytes(): number {
    return this.seen;
  }

  add(chunk: Uint8Array): void {
    this.seen += chunk.length;
    const room = this.limit - this.keptBytes;
    if (room <= 0) return;
    const part = chunk.length <= room ? chunk : chunk.subarray(0, room);
    this.kept.push(Buffer.from(part));
    this.keptBytes += part.length;
  }

  end(): Printed {
    const truncated = this.seen > this.keptBytes;
    const kept = Buffer.concat(this.kept);
    return { text: decoded(truncated ? withoutCutEnd(kept) : kept, this.undecodable), bytes: this.seen, truncated };
  }
}
