/** A trajectory file of the workspace. `folder` and `name` are for reading, `key` is its URI. */
export interface Found {
  readonly key: string;
  /** Path relative to the workspace, with `/`. */
  readonly path: string;
}

export interface InstanceGroup {
  readonly instance: string;
  readonly files: readonly Found[];
}
export interface FolderGroup {
  /** Relative path of the run's folder; `.` for the workspace's own. */
  readonly folder: string;
  readonly instances: readonly InstanceGroup[];
  readonly count: number;
}

const stem = (name: string): string => name.replace(/\.(traj\.json|traj|json|jsonl)$/i, '');
const natural = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/**
 * Folder → instance → rollouts, by the names that the runners give: `run/<instance>/<instance>.traj`,
 * `run/<instance>/attempt_0/<instance>.traj`, `run/<instance>/<instance>.traj.json`, `<trial>/agent/trajectory.json`,
 * or files side by side. No file is read.
 */
export function group(files: readonly Found[]): readonly FolderGroup[] {
  const folders = new Map<string, Map<string, Found[]>>();
  for (const file of files) {
    const { folder, instance } = placeOf(file.path);
    let instances = folders.get(folder);
    if (!instances) folders.set(folder, (instances = new Map<string, Found[]>()));
    const rollouts = instances.get(instance);
    if (rollouts) rollouts.push(file);
    else instances.set(instance, [file]);
  }
  return [...folders]
    .map(([folder, instances]) => ({
      folder,
      count: [...instances.values()].reduce((n, f) => n + f.length, 0),
      instances: [...instances]
        .map(([instance, found]) => ({ instance, files: found.sort((a, b) => natural.compare(a.path, b.path)) }))
        .sort((a, b) => natural.compare(a.instance, b.instance)),
    }))
    .sort((a, b) => natural.compare(a.folder, b.folder));
}

function placeOf(path: string): { readonly folder: string; readonly instance: string } {
  const parts = path.split('/');
  const file = parts.pop() ?? path;
  let instance = stem(file);
  if (file === 'trajectory.json' && parts.at(-1) === 'agent' && parts.length > 1) {
    parts.pop();
    instance = parts.pop() ?? instance;
  } else {
    if (/^attempt_\d+$/.test(parts.at(-1) ?? '')) parts.pop();
    if (parts.at(-1) === instance) parts.pop();
  }
  return { folder: parts.join('/') || '.', instance };
}
