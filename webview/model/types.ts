/** Names for parts of the protocol's views. */
import type { EpisodeView, TurnDetail } from '../../server/protocol/index';

export type Finding = EpisodeView['findings'][number];
export type Grade = Finding['grade'];
export type Problem = EpisodeView['problems'][number];
export type Field = keyof TurnDetail['fields'];
