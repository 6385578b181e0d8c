import type { Dialect } from './dialect';
import { claudeCode } from './claude-code';
import { hermes } from './hermes';
import { miniSweAgentInAtif } from './mini-swe-agent';
import { openclaw } from './openclaw';
import { liveShellAgents, otherAgents } from './other';
import { terminus } from './terminus';

/** The last one claims every agent. */
export const dialects: readonly Dialect[] = [claudeCode, openclaw, hermes, terminus, miniSweAgentInAtif, liveShellAgents, otherAgents];
