import { environment as ownEnvironment } from './environment.ts';
import { installDebianPackage, type InstallationSite } from './installation.ts';
import { programsOnPath } from './programs-on-path.ts';

/**
 * The path of a redis-server. If there is none on PATH, it is installed where that is ours to do; this blocks
 * meanwhile, for some minutes at worst.
 *
 * @throws {Error} with one sentence on what to do
 */
export function findRedisServer({
  environment = ownEnvironment,
  platform = process.platform,
  isRoot = process.getuid?.() === 0,
  onAttempt = (sentence) => void process.stderr.write(`${sentence}\n`),
}: Partial<InstallationSite> = {}): string {
  const site = { environment, platform, isRoot, onAttempt };
  const onPath = () => programsOnPath(['redis-server'], site)[0];
  const installed = () =>
    installDebianPackage({ name: 'redis-server', title: 'Redis' }, site) ? onPath() : undefined;

  const found = onPath() ?? installed();
  if (found !== undefined) return found;
  throw new Error(
    'No redis-server can be found or installed: install it (Debian: apt-get install redis-server, ' +
      'macOS: brew install redis), or set REDIS_URL to a Redis that tests may use.',
  );
}
