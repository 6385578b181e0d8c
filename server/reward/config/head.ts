import { functionById } from '../functions/registry';
import type { Gate } from '../types';
import type { RewardConfig } from './types';

interface Head {
  readonly source: string;
  readonly levels: readonly {
    readonly id: string;
    readonly gate: Gate | null;
    readonly functions: readonly {
      readonly id: string;
      readonly label: string;
      readonly weight: number;
      readonly scope: 'turn' | 'episode';
      readonly summary: string;
    }[];
  }[];
  readonly problems: readonly string[];
}

/**
 * What is shown of the configuration in use. A function's `id` is its unique name, as in the score table.
 *
 * @param source path of the file, or `default`
 */
export function configHead(config: RewardConfig, source: string, problems: readonly string[]): Head {
  return {
    source,
    levels: config.levels.map(({ id, gate, functions }) => ({
      id,
      gate,
      functions: functions.map((one) => {
        const definition = one.id === null ? null : functionById(one.id);
        return {
          id: one.name,
          label: one.label,
          weight: one.weight,
          scope: definition?.scope ?? 'turn',
          summary: definition?.summary ?? `Own module ${one.module ?? ''}.`,
        };
      }),
    })),
    problems,
  };
}
