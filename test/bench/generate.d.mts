export declare function generate11(path: string, megabytes?: number): { turns: number; bytes: number };
export declare function generate07(path: string, turns?: number): { turns: number; bytes: number };
