import { at } from '../runtime/values';
import { firstOf, turnName, type FindCauses } from './cause';

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** The replay ran in another image than the episode names, or its image lacks what the episode's had. */
export const image: FindCauses = (evidence) => {
  const { recording, facts } = evidence;
  const wanted =
    text(at(recording.configuration, 'env', 'deployment', 'image')) ?? text(at(recording.configuration, 'environment', 'image'));
  const turn = firstOf(evidence);
  const divergence = turn === undefined ? null : facts.turns.find(({ index }) => index === turn.index)?.divergence;
  const other = wanted !== null && wanted !== facts.image.name && wanted !== facts.image.id;
  const ran = `${facts.image.name} (${facts.image.id.slice(0, 19)})`;
  if (turn !== undefined && divergence?.class === 'missing')
    return [
      {
        kind: 'image',
        turn: turn.index,
        sentence: `${divergence.reason ?? 'Something is missing.'} The replay ran in ${ran}${other ? `, the episode in ${wanted}` : ''}.`,
      },
    ];
  if (!other) return [];
  const since = turn === undefined ? '' : `; ${turnName(turn.index)} is the first to show a difference`;
  return [{ kind: 'image', turn: null, sentence: `The episode names the image ${wanted}, the replay ran in ${ran}${since}.` }];
};
