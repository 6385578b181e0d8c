export interface TestSshd {
  readonly port: number;
  readonly user: string;
  /** A PATH whose ssh knows the server and has the key. */
  readonly path: string;
  /** A PATH whose ssh has the key, and does not know the server. */
  readonly strangers: string;
  readonly stop: () => Promise<void>;
}
export declare function startSshd(folder: string): Promise<TestSshd>;
