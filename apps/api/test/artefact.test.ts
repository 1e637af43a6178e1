import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PATHS } from '@oneclick/shared/paths';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startRotatingProvider } from './doubles/rotating-provider.ts';
import { createBrowser, tokensOf } from './support/browser.ts';
import { startInstance } from './support/instance.ts';
import { signIn } from './support/sign-in.ts';
import { VALID_ENV, WEB_ORIGIN } from './support/test-api.ts';

const PACKAGE = join(import.meta.dirname, '..');
/** Of the API alone. deploy/compose.yaml and deploy/kubernetes.yaml add 64 MiB for a second Node.js. */
const MEMORY_BYTES = 128 * 2 ** 20;
const SIGN_INS = 200;
const IN_PARALLEL = 10;
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

/** The build and its Node.js, in a folder in which the user of the process can't write. */
function buildElsewhere() {
  const folder = mkdtempSync(join(tmpdir(), 'artefact-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [dist, node] = [join(folder, 'api'), join(folder, 'node')];
  execFileSync(join(PACKAGE, 'node_modules/.bin/rolldown'), ['-c', '-d', dist, '--log-level', 'silent'], {
    cwd: PACKAGE,
  });
  cpSync(process.execPath, node); // The tests may run in a folder that another user can't enter.
  for (const path of [folder, dist]) chmodSync(path, 0o555);
  onTestFinished(() => [folder, dist].forEach((path) => chmodSync(path, 0o755)));
  return { dist, node };
}

/** A memory cgroup with the limit. Undefined where this process may not create one. */
function createMemoryCgroup() {
  const isVersion2 = existsSync('/sys/fs/cgroup/cgroup.controllers');
  const path = `/sys/fs/cgroup/${isVersion2 ? '' : 'memory/'}api-artefact-${process.pid}`;
  try {
    mkdirSync(path);
    onTestFinished(() => vi.waitFor(() => rmdirSync(path))); // Until the process has ended, it is busy.
    writeFileSync(join(path, isVersion2 ? 'memory.max' : 'memory.limit_in_bytes'), String(MEMORY_BYTES));
    return path;
  } catch {
    return undefined;
  }
}

/** Users and memory limits are those of Linux. */
test.skipIf(process.platform !== 'linux')(
  'the build runs in a folder of its own, as another user, read-only, within 128 MiB',
  async () => {
    const { dist, node } = buildElsewhere();
    const identity = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
    const unconfigured = spawnSync(node, [join(dist, 'server.js')], {
      env: {},
      encoding: 'utf8',
      ...identity,
    });
    expect(unconfigured).toMatchObject({ status: 1, stdout: '' });
    expect(unconfigured.stderr).toMatch(
      /^The configuration has 5 faults:\n(?: {2}[A-Z_]+ is missing: .*\n){5}$/,
    );

    const provider = await startRotatingProvider();
    onTestFinished(provider.close);
    const cgroup = createMemoryCgroup();
    const enter = cgroup ? `echo $$ > ${cgroup}/cgroup.procs;` : '';
    const become = isRoot ? `setpriv --reuid=${NOBODY} --regid=${NOBODY} --clear-groups` : '';
    const api = await startInstance({
      env: { ...VALID_ENV, LOG_LEVEL: 'info', OAUTH_PROVIDER: provider.origin },
      command: ['sh', '-c', `${enter} exec ${become} ${node} ${dist}/server.js`],
    });
    onTestFinished(api.stop);
    expect(api.log()).toContain('"event":"started"');

    let started = 0;
    async function keepSigningIn(): Promise<void> {
      while (started++ < SIGN_INS) {
        const page = createBrowser({ app: api, webOrigin: WEB_ORIGIN, apiOrigin: WEB_ORIGIN });
        await signIn(page, provider);
        tokensOf(await page.post(PATHS.refreshToken));
      }
    }
    await Promise.all(Array.from({ length: IN_PARALLEL }, keepSigningIn));
    const page = await api.inject({ url: `${PATHS.docs}/static/swagger-ui.css` });
    expect(page.statusCode).toBe(200);

    const { body } = await api.inject({ url: PATHS.metrics });
    expect(body).toContain(`sign_ins_completed_total{flow="browser"} ${SIGN_INS}`);
    const [, pid] = /"pid":(\d+)/.exec(api.log()) ?? [];
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).toContain('--max-semi-space-size=4');
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    expect(status).toMatch(new RegExp(`^Uid:\\s+${isRoot ? NOBODY : process.getuid?.()}\\s`, 'm'));
    // What the kernel can't take back. Without a cgroup, this is all that is known of the limit.
    const [, anonymousKib] = /^RssAnon:\s+(\d+) kB/m.exec(status) ?? [];
    expect(Number(anonymousKib) * 1024).toBeLessThan(MEMORY_BYTES);

    api.kill('SIGTERM');
    expect(await api.exitCode).toBe(0);
  },
  120_000,
);
