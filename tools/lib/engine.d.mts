export interface TestEngine {
  readonly host: string;
  readonly socket: string;
  readonly pid: number;
  readonly stop: () => Promise<void>;
}
export const IMAGES: Readonly<Record<string, { readonly packages: readonly string[]; readonly importable: readonly string[] }>>;
/** `folder`: where its data lie, which sets engines apart; `options`: more of dockerd's. */
export function startEngine(wish?: { readonly folder?: string; readonly options?: readonly string[] }): Promise<TestEngine>;
export function ensureImage(socket: string, name: string): Promise<string>;
