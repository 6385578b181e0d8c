/** Containers that somebody asked to keep: they outlive the process that made them, until they are removed. */
import type { Container } from 'dockerode';
import type { Connection } from '../docker/connect';
import { LABEL, removeContainer } from '../docker/container';
import { isKept, keptName } from '../docker/reap';

export interface KeptContainer {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly createdMs: number;
  readonly running: boolean;
}

export async function keptContainers({ docker }: Connection): Promise<KeptContainer[]> {
  const all = await docker.listContainers({ all: true, filters: { label: [LABEL] } });
  return all
    .filter(({ Names }) => isKept(Names))
    .map(({ Id, Created, State }) => ({ name: keptName(Id), createdMs: Created * 1000, running: State === 'running' }));
}

/** Null: there is no kept container of this name. One that was stopped is started. */
export async function keptContainer(connection: Connection, name: string): Promise<Container | null> {
  const found = (await keptContainers(connection)).find((kept) => kept.name === name);
  if (found === undefined) return null;
  const container = connection.docker.getContainer(name);
  if (!found.running) await container.start();
  return container;
}

/** Returns whether there was one. */
export async function removeKept(connection: Connection, name: string): Promise<boolean> {
  if (!(await keptContainers(connection)).some((kept) => kept.name === name)) return false;
  await removeContainer(connection.docker.getContainer(name));
  return true;
}
