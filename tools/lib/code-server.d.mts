export declare const CODE_SERVER: string;
export declare const HOST_NODE: string;
export declare const QUIET_SETTINGS: Readonly<Record<string, unknown>>;
export interface Profile {
  readonly base: string;
  readonly userData: string;
  readonly extensions: string;
  readonly home: string;
}
export interface Server {
  readonly port: number;
  readonly url: string;
  readonly logFile: string;
  readonly pid: number;
  readonly exited: Promise<number | null>;
  address(folder: string, file?: string): string;
  stop(): Promise<void>;
}
export declare function provisionCodeServer(): Promise<{ node: string; entry: string }>;
export declare function makeProfile(base: string, settings?: Record<string, unknown>): Profile;
export declare function cleanEnvironment(profile: Profile, extra?: Record<string, string>): Record<string, string | undefined>;
export declare function codeServerCli(profile: Profile, args: readonly string[]): Promise<string>;
export declare function startCodeServer(
  profile: Profile,
  options?: { trust?: boolean; args?: string[]; env?: Record<string, string>; patience?: number },
): Promise<Server>;
