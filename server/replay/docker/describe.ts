/** What an engine is and what it can hold a container to. Asks, changes nothing. */
import { statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { Connection } from './connect';
import { runtimeProblem, type RuntimeInfo } from './gvisor';

export interface EngineDescription {
  readonly name: string;
  readonly version: string;
  readonly storage: string;
  /** Of the engine, as images name it: `linux/amd64`. */
  readonly platform: string;
  /** Its processes have no root's power over its machine. */
  readonly rootless: boolean;
  /** `1` or `2`; null: it does not say. */
  readonly cgroup: string | null;
  /** What it can't limit or confine, each in a few words; empty: nothing is missing. */
  readonly lacks: readonly string[];
  /** What is otherwise worth knowing, in sentences. */
  readonly notes: readonly string[];
  /** Container runtimes besides the default (`runsc`). */
  readonly runtimes: readonly string[];
  /** Bytes free where it keeps images and containers; null: it is another machine's disk. */
  readonly freeBytes: number | null;
}

interface Info {
  readonly Name?: string;
  readonly Driver?: string;
  readonly DockerRootDir?: string;
  readonly OSType?: string;
  readonly Architecture?: string;
  readonly OperatingSystem?: string;
  readonly CgroupVersion?: string;
  readonly CgroupDriver?: string;
  readonly SecurityOptions?: readonly string[] | null;
  readonly MemoryLimit?: boolean;
  readonly SwapLimit?: boolean;
  readonly PidsLimit?: boolean;
  readonly CpuCfsQuota?: boolean;
  readonly Runtimes?: Readonly<Record<string, RuntimeInfo>> | null;
}

/** As kernels name processors, and as images do. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64', arm64: 'arm64', armv7l: 'arm' };

export async function describeEngine(connection: Connection): Promise<EngineDescription> {
  const { docker } = connection;
  const [version, info] = await Promise.all([docker.version(), docker.info() as Promise<Info>]);
  const options = info.SecurityOptions ?? [];
  const has = (name: string): boolean => options.some((option) => option.split(',').includes(`name=${name}`) || option === name);
  const rootless = has('rootless');
  const podman = version.Components?.some(({ Name }) => Name.startsWith('Podman')) === true;
  const lacks = [
    info.MemoryLimit === false ? 'memory limits' : null,
    info.PidsLimit === false ? 'process limits' : null,
    info.CpuCfsQuota === false ? 'processor limits' : null,
    has('seccomp') ? null : 'seccomp',
  ].filter((lack) => lack !== null);
  const notes = [
    ...Object.entries(info.Runtimes ?? {}).map(([name, runtime]) => runtimeProblem(name, runtime)),
    info.SwapLimit === false && info.MemoryLimit !== false
      ? 'Its kernel counts no swap: a limit of memory may be exceeded by swapping.'
      : null,
    rootless && info.CgroupVersion === '1'
      ? 'Rootless on cgroup 1 can limit nothing: boot with cgroup 2 (systemd.unified_cgroup_hierarchy=1).'
      : null,
    rootless && info.CgroupVersion === '2' && info.CgroupDriver !== 'systemd' ? 'Rootless limits need the systemd cgroup driver.' : null,
    podman ? 'Podman does not say when memory ran out: such a turn shows exit code 137 alone.' : null,
    info.Driver === 'vfs' ? 'Its storage driver "vfs" copies the whole image for each container: use overlay2.' : null,
    info.Driver === 'fuse-overlayfs'
      ? 'Its storage driver "fuse-overlayfs" is slow at snapshots: native overlay2 is ten times faster.'
      : null,
  ].filter((note) => note !== null);
  return {
    name: podman ? 'Podman' : version.Platform?.Name || 'Docker',
    version: version.Version,
    storage: info.Driver ?? 'unknown',
    platform: `${info.OSType ?? version.Os}/${ARCHITECTURES[info.Architecture ?? ''] ?? info.Architecture ?? version.Arch}`,
    rootless,
    cgroup: info.CgroupVersion ?? null,
    lacks,
    notes,
    runtimes: Object.keys(info.Runtimes ?? {}).filter((name) => !/^(?:runc|crun)$|^io\.containerd\./.test(name)),
    freeBytes: await freeBytes(connection, info),
  };
}

/** An engine behind a socket may still be in a machine of its own (Docker Desktop): the host's name tells. */
async function freeBytes({ endpoint }: Connection, { DockerRootDir, Name }: Info): Promise<number | null> {
  if (DockerRootDir === undefined || !endpoint.host.startsWith('unix://') || Name !== hostname()) return null;
  const found = await statfs(DockerRootDir).catch(() => null);
  return found === null ? null : found.bavail * found.bsize;
}
