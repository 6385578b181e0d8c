/** gVisor (`runsc`) as a container's runtime: what it wants that others don't. Measured on its release of December 2022. */

/** Its own threads count among the container's. */
export const GVISOR_PIDS = 1024;

export interface RuntimeInfo {
  readonly path?: string;
  readonly runtimeArgs?: readonly string[] | null;
}

export const isGvisor = (name: string, info: RuntimeInfo | undefined): boolean =>
  name.includes('runsc') || info?.path?.includes('runsc') === true;

/** Why a replay would go wrong with the runtime, with the way out; null: nothing is known. `info` as the engine lists it. */
export function runtimeProblem(name: string, info: RuntimeInfo | undefined): string | null {
  if (!isGvisor(name, info) || info === undefined) return null;
  const given = info.runtimeArgs ?? [];
  if (given.some((argument) => /^-{1,2}file-access=shared$/.test(argument))) return null;
  return `The runtime "${name}" (gVisor) does not see files that are put into a running container: add "--file-access=shared" to its "runtimeArgs" in the engine's daemon.json and restart the engine.`;
}
