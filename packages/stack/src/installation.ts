import { spawnSync } from 'node:child_process';
import type { Environment } from './environment.ts';
import { programsOnPath } from './programs-on-path.ts';

/** Where something is to be installed, and who hears of it. */
export interface InstallationSite {
  environment: Environment;
  platform: NodeJS.Platform;
  isRoot: boolean;
  /** Gets a sentence about everything that is tried. */
  onAttempt: (sentence: string) => void;
}

export interface Installation {
  /** What is done, without a full stop. */
  sentence: string;
  command: string;
  args: string[];
  /** It is given up after so long. */
  minutes: number;
}

/** Runs a command that installs something, and blocks meanwhile. True if it says that it worked. */
export function install(
  { sentence, command, args, minutes }: Installation,
  { environment, onAttempt }: InstallationSite,
): boolean {
  onAttempt(`${sentence} (for ${minutes} minutes at most) …`);
  const { status, error } = spawnSync(command, args, {
    // Its progress belongs beside ours, on stderr: stdout may be somebody's report.
    stdio: ['ignore', process.stderr.fd, process.stderr.fd],
    env: {
      ...environment,
      DEBIAN_FRONTEND: 'noninteractive',
      PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '10000',
    },
    timeout: minutes * 60_000,
    killSignal: 'SIGKILL',
  });
  if (status !== 0) onAttempt(`That did not work (${error?.message ?? `exit code ${status}`}).`);
  return status === 0;
}

/** Installs a package of the system, where that is ours to do: as root, on Debian and its kin. */
export function installDebianPackage(
  { name, title }: { name: string; title: string },
  site: InstallationSite,
): boolean {
  const [aptGet] = programsOnPath(['apt-get'], site);
  if (site.platform !== 'linux' || !site.isRoot || aptGet === undefined) return false;
  // More than one package installs something, and they are tested at once: apt-get gives up where another one is
  // at work. With flock, which Debian always has, they take turns.
  const [flock] = programsOnPath(['flock'], site);
  const command = flock ?? aptGet;
  const before = flock === undefined ? [] : ['--no-fork', aptGet, aptGet];
  const steps: Installation[] = [
    {
      sentence: 'Reading the lists of system packages',
      command,
      args: [...before, 'update', '-q'],
      minutes: 10,
    },
    {
      sentence: `Installing ${title} as a system package`,
      command,
      args: [...before, 'install', '-y', '-q', name],
      minutes: 10,
    },
  ];
  return steps.every((step) => install(step, site));
}
