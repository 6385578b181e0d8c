export interface TestEngine {
  readonly host: string;
  readonly socket: string;
  readonly pid: number;
  readonly stop: () => Promise<void>;
}
export const IMAGES: Readonly<Record<string, { readonly packages: readonly string[]; readonly importable: readonly string[] }>>;
export function startEngine(): Promise<TestEngine>;
export function ensureImage(socket: string, name: string): Promise<string>;
