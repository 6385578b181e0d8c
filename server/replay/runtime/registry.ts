import type { Runtime } from './runtime';
import { miniSweAgent } from './mini-swe-agent';
import { sweAgent0 } from './swe-agent-0';
import { sweAgent1 } from './swe-agent-1';

export const runtimes: readonly Runtime[] = [sweAgent1, sweAgent0, miniSweAgent];
