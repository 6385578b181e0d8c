import type { Runtime } from './runtime';
import { atif } from './atif/index';
import { miniSweAgent } from './mini-swe-agent';
import { sweAgent0 } from './swe-agent-0';
import { sweAgent1 } from './swe-agent-1';

export const runtimes: readonly Runtime[] = [sweAgent1, sweAgent0, miniSweAgent, atif];
