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

/** Text parts of a message, where its content is no string. */
export const PARTS: Shape = RECORDS;

/** What mini-swe-agent adds to a message. Of the provider's raw answer only the usage is entered. */
export const MESSAGE_EXTRA: Shape = object({ actions: RECORDS, response: object({ usage: RECORD }) });

/** The answer of a Responses API model. */
export const RESPONSE_OUTPUT: Shape = array(object({ content: PARTS, summary: PARTS }));

/** ATIF: the tool calls and the results of a step. */
export const TOOL_CALLS: Shape = array(object({ arguments: RECORD }));
export const OBSERVATION: Shape = object({ results: array(object({ content: PARTS })) });

const RUN: Readonly<Record<string, Shape>> = {
  trajectory: RECORDS,
  history: RECORDS,
  messages: array(object({ content: PARTS, extra: MESSAGE_EXTRA, output: RESPONSE_OUTPUT })),
  steps: array(object({ message: PARTS, tool_calls: TOOL_CALLS, observation: OBSERVATION, metrics: RECORD })),
  info: RECORD,
  agent: RECORD,
};

/** The one shape that serves the outline of a file in any format (see DESIGN, "byte index"). */
export const FILE_SHAPE: Shape = {
  ...object({ ...RUN, attempts: array(object(RUN)) }),
  elements: RECORD,
};
