/** Why a file is no readable episode, in sentences. */
import type { NotEpisode } from '../../episode/index';

/** Sentences for a file that is no readable episode. */
export function failureOf({ recognised, problems }: NotEpisode): { recognised: string | null; sentences: readonly string[] } {
  const sentences = problems.map((problem) => problem.message);
  if (sentences.length === 0)
    sentences.push(
      recognised === null ? 'This file is no episode that Turnpike knows.' : `This is ${recognised}, which Turnpike can’t read yet.`,
    );
  return { recognised, sentences };
}
