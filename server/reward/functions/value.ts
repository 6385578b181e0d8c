import { z } from 'zod';

/** Beyond this a sum of many turns would lose its digits. */
export const VALUE_LIMIT = 1_000_000;

/** A value that an option gives for a case. */
export const value = (initial: number, description: string): z.ZodDefault<z.ZodNumber> =>
  z.number().min(-VALUE_LIMIT).max(VALUE_LIMIT).default(initial).describe(description);
