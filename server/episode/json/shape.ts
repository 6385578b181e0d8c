/**
 * Which containers of a JSON text the outline enters. Everything else becomes one leaf node whose body is skipped.
 *
 * A shape speaks about objects and arrays at once, so one shape can serve files that have an array where others have an
 * object. A container that its shape does not speak about is a leaf.
 */
export interface Shape {
  /** Enter an object: the shape of each named member. */
  readonly members?: ReadonlyMap<string, Shape>;
  /** The shape of members that are not named. Default: leaves. */
  readonly rest?: Shape;
  /** Enter an array: the shape of each element. */
  readonly elements?: Shape;
}

/** A value that is not entered. */
export const LEAF: Shape = {};

/** An object whose members are leaves. */
export const RECORD: Shape = { members: new Map() };

/** An object with the given members entered and the others as leaves. */
export function object(members: Readonly<Record<string, Shape>>): Shape {
  return { members: new Map(Object.entries(members)) };
}

/** An array whose elements have the given shape. */
export function array(elements: Shape): Shape {
  return { elements };
}

const RECORDS = array(RECORD);

const RUN: Readonly<Record<string, Shape>> = {
  trajectory: RECORDS,
  history: RECORDS,
  messages: RECORDS,
  steps: RECORDS,
  info: RECORD,
  agent: RECORD,
};

/** The one shape that serves the outline of a file in any format (see DESIGN, "byte index"). */
export const FILE_SHAPE: Shape = {
  ...object({ ...RUN, attempts: array(object(RUN)) }),
  elements: RECORD,
};
