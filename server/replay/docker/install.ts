/** How to get a container engine on this system. */
import { readFileSync } from 'node:fs';

/** `ID` and `ID_LIKE` of /etc/os-release; empty: there is none. */
function distribution(text: string): string[] {
  const value = (name: string): string => new RegExp(`^${name}=["']?([^"'\\n]*)`, 'm').exec(text)?.[1] ?? '';
  return [value('ID'), ...value('ID_LIKE').split(' ')].filter((id) => id !== '').map((id) => id.toLowerCase());
}

/** By distribution, or what it is like. */
const PACKAGES: readonly (readonly [ids: readonly string[], command: string])[] = [
  [['debian', 'ubuntu'], 'sudo apt-get install docker.io'],
  [['fedora'], 'sudo dnf install moby-engine'],
  [['rhel', 'centos', 'rocky', 'almalinux'], 'sudo dnf install podman podman-docker'],
  [['arch', 'manjaro'], 'sudo pacman -S docker'],
  [['alpine'], 'sudo apk add docker'],
  [['opensuse', 'suse', 'sles', 'opensuse-leap', 'opensuse-tumbleweed'], 'sudo zypper install docker'],
  [['gentoo'], 'sudo emerge app-containers/docker'],
  [['nixos'], 'virtualisation.docker.enable = true in configuration.nix'],
];

/** One sentence. @param platform as Node names it @param osRelease text of /etc/os-release; absent: this system's */
export function howToGetEngine(platform: NodeJS.Platform = process.platform, osRelease = readOsRelease()): string {
  if (platform === 'darwin') return 'Install Docker Desktop, OrbStack or Colima ("brew install colima docker && colima start").';
  if (platform === 'win32')
    return 'Install Docker Desktop with its WSL 2 backend, or open the folder in WSL and install an engine there: replays need Linux containers.';
  if (platform !== 'linux') return 'Install Docker or Podman and start it.';
  const ids = distribution(osRelease);
  const command = ids.map((id) => PACKAGES.find(([names]) => names.includes(id))?.[1]).find((found) => found !== undefined);
  if (command === undefined) return 'Install Docker or Podman with this system’s package manager and start it.';
  if (command.includes('podman'))
    return `Install one with "${command}" and start its socket with "systemctl --user enable --now podman.socket".`;
  return command.startsWith('sudo')
    ? `Install one with "${command}", start it with "sudo systemctl enable --now docker", and join its group with "sudo usermod -aG docker $USER".`
    : `Set ${command} and rebuild.`;
}

function readOsRelease(): string {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
}
