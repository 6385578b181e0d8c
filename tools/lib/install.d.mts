export declare function findBrowser(): string | null;
export declare function ensureBrowser(): Promise<string>;
export declare function ensureNeovim(): Promise<string>;
/** A folder of the tests' cache, made where it is missing. */
export declare function cacheFolder(name: string): string;
