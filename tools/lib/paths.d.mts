export declare const ROOT: string;
export declare const DIST: string;
export declare const OUT: string;
export declare const CACHE: string;
export declare function manifest(): { readonly name: string; readonly publisher: string; readonly version: string };
export declare function vsixPath(): string;
