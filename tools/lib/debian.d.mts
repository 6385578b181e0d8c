export declare function debianProgram(name: string, path: string): Promise<string>;
