export interface TestRegistry {
  readonly port: number;
  readonly stop: () => Promise<void>;
}
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}
export interface TestGate extends TestRegistry {
  /** `sent`: bytes of layers that went through; `open`: requests for one that go on. */
  readonly gate: { readonly sent: number; readonly open: number };
}
export declare function startRegistry(wish: { readonly folder: string; readonly login?: boolean }): Promise<TestRegistry>;
export declare function startGate(port: number, wish?: { readonly bytesPerSecond?: number; readonly refusal?: Refusal }): Promise<TestGate>;
export declare function freePort(): Promise<number>;
export declare function listens(port: number): Promise<boolean>;
