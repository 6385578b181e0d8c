import type { LogParser } from './parser';
import { dotted } from './parsers/dotted';
import { labelled } from './parsers/labelled';
import { pytest } from './parsers/pytest';
import { sympy } from './parsers/sympy';
import { tap } from './parsers/tap';
import { unittest } from './parsers/unittest';

/** From the strictest to the loosest: the first one that knows a log reads it. */
export const logParsers: readonly LogParser[] = [pytest, unittest, sympy, tap, labelled, dotted];
