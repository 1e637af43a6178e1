import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { type BrowserContext, chromium } from '@playwright/test';
import { type Locale, LOCALES } from '@oneclick/shared/languages';
import { startProgress } from '@oneclick/stack/progress';
import { StackError } from '@oneclick/stack/start-parts';
import { inWorkspace } from '@oneclick/stack/workspace';
import getPort from 'get-port';
import lighthouse, { type Result } from 'lighthouse';
import { launchOptions } from '../launch-options.ts';
import { type MeasuredApp, startBuild } from './measured-app.ts';

/*
 * `pnpm lighthouse`. Prints what Lighthouse finds in the built app on its slow mobile phone, for a visitor and for a
 * signed-in user, and what the first visit weighs in each language.
 */

const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'];
const TIMES = ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time'];
const LABEL_WIDTH = 30;

const progress = startProgress();
const profile = await mkdtemp(join(tmpdir(), 'lighthouse-'));
let app: MeasuredApp | undefined;
let context: BrowserContext | undefined;
try {
  app = await startBuild();
  const port = await getPort();
  // Lighthouse measures in the profile that this script has signed in.
  context = await chromium.launchPersistentContext(profile, {
    ...launchOptions,
    args: [...(launchOptions.args ?? []), `--remote-debugging-port=${port}`],
  });

  progress.show('Lighthouse, signed out');
  const signedOut = await runLighthouse({ url: app.origin, port });
  progress.show('Lighthouse, signed in');
  await signIn(context, app);
  const signedIn = await runLighthouse({ url: app.origin, port });
  progress.show('First visits');
  const weights = new Map<Locale, Weight>();
  for (const locale of LOCALES) weights.set(locale, await weighFirstVisit(locale, app));
  progress.stop();

  console.log('Lighthouse, on its slow mobile phone, with an empty cache');
  printRow('', ['signed out', 'signed in']);
  for (const id of CATEGORIES) {
    printRow(
      signedOut.categories[id]?.title ?? id,
      [signedOut, signedIn].map(({ categories }) => String(Math.round((categories[id]?.score ?? NaN) * 100))),
    );
  }
  for (const id of [...TIMES, 'cumulative-layout-shift']) {
    printRow(
      signedOut.audits[id]?.title ?? id,
      [signedOut, signedIn].map(({ audits }) => audits[id]?.displayValue ?? '–'),
    );
  }
  printFindings('signed out', signedOut);
  printFindings('signed in', signedIn);

  console.log('\nFirst visit, in brotli');
  printRow('', ['all', 'of it texts', 'texts later']);
  for (const [locale, { all, texts, later }] of weights) printRow(locale, [all, texts, later].map(kilobytes));
} catch (error) {
  process.exitCode = 1;
  console.error(error instanceof StackError ? error.message : error);
} finally {
  progress.stop();
  await context?.close();
  await app?.stop();
  await rm(profile, { recursive: true });
}

/** @param port the DevTools port of the browser */
async function runLighthouse({ url, port }: { url: string; port: number }): Promise<Result> {
  const run = await lighthouse(url, {
    port,
    onlyCategories: CATEGORIES,
    logLevel: 'error',
    // Keeps the session. The cache is empty: the profile is new, and `signIn` clears it.
    disableStorageReset: true,
  });
  if (!run) throw new Error('Lighthouse returned nothing.');
  if (run.lhr.runtimeError) throw new Error(run.lhr.runtimeError.message);
  return run.lhr;
}

async function signIn(browser: BrowserContext, { origin }: MeasuredApp): Promise<void> {
  const page = await browser.newPage();
  await page.goto(origin);
  await page.getByTestId('sign-in').click();
  await page.getByTestId('balance').waitFor();
  const devTools = await browser.newCDPSession(page);
  await devTools.send('Network.clearBrowserCache');
  await page.close();
}

interface Weight {
  /** Bytes in brotli: the page and the scripts that a visitor loads. */
  all: number;
  /** Of it, the texts of the visitor's language. */
  texts: number;
  /** The texts that are loaded with the account or with an error. */
  later: number;
}

async function weighFirstVisit(locale: Locale, { origin }: MeasuredApp): Promise<Weight> {
  const visitor = await chromium.launch(launchOptions);
  const page = await visitor.newPage({ locale });
  const sizes = new Map<string, number>();
  page.on('response', (response) => {
    if (!['document', 'script'].includes(response.request().resourceType())) return;
    sizes.set(new URL(response.url()).pathname, Number(response.headers()['content-length']));
  });
  await page.goto(origin, { waitUntil: 'networkidle' });
  await visitor.close();
  const isOfLanguage = (path: string) => path.startsWith(`/assets/${locale.toLowerCase()}-`);
  const dist = inWorkspace('apps/web/dist');
  const [late = ''] = globSync(`assets/late-${locale.toLowerCase()}-*.js`, { cwd: dist });
  return {
    all: sum([...sizes.values()]),
    texts: sum([...sizes].map(([path, size]) => (isOfLanguage(path) ? size : 0))),
    later: brotliCompressSync(readFileSync(join(dist, late))).length,
  };
}

/** Prints what keeps a score below 100. */
function printFindings(title: string, { categories, audits }: Result): void {
  for (const category of Object.values(categories)) {
    for (const { id, weight } of category.auditRefs) {
      const audit = audits[id];
      if (!audit || weight === 0 || audit.score === null || audit.score >= 0.9) continue;
      console.log(`  ${title}, ${category.title}: ${audit.title} (${Math.round(audit.score * 100)})`);
    }
  }
}

function printRow(label: string, cells: string[]): void {
  console.log(`  ${label.padEnd(LABEL_WIDTH)}${cells.map((cell) => cell.padStart(14)).join('')}`);
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
