/** What a container is made with, as flags of `docker create`: read off the options that a replay makes it with. */
import type { ContainerCreateOptions } from 'dockerode';
import { quoted } from '../shell/quote';

export function dockerFlags(options: ContainerCreateOptions): { readonly flags: readonly string[]; readonly command: string } {
  const host = options.HostConfig ?? {};
  const [entry = '/bin/sh', ...words] = [options.Entrypoint ?? []].flat();
  const flags = [
    ['--network', host.NetworkMode],
    ['--user', options.User],
    ['--hostname', options.Hostname],
    ['--workdir', options.WorkingDir],
    ['--memory', host.Memory],
    ['--memory-swap', host.MemorySwap],
    ['--cpus', host.NanoCpus === undefined ? undefined : host.NanoCpus / 1e9],
    ['--pids-limit', host.PidsLimit],
    ...asList(host.CapDrop).map((name) => ['--cap-drop', name]),
    ...asList(host.CapAdd).map((name) => ['--cap-add', name]),
    ...asList(host.SecurityOpt).map((name) => ['--security-opt', name]),
    ['--ipc', host.IpcMode],
    ...(host.Ulimits ?? []).map(({ Name, Soft, Hard }) => ['--ulimit', `${Name}=${Soft}:${Hard}`]),
    ['--log-driver', host.LogConfig?.Type],
    ['--runtime', host.Runtime],
    ...(options.Env ?? []).map((entry) => ['--env', entry]),
    ['--entrypoint', entry],
  ].flatMap(([flag, value]) => (value === undefined ? [] : [`${flag} ${plain(String(value))}`]));
  return { flags, command: words.map(quoted).join(' ') };
}

const asList = (found: unknown): string[] => (Array.isArray(found) ? found.map(String) : []);
const plain = (text: string): string => (/^[\w./:=-]+$/.test(text) ? text : quoted(text));
