import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { startProgress } from '@oneclick/stack/progress';
import { StackError } from '@oneclick/stack/start-parts';
import { inWorkspace } from '@oneclick/stack/workspace';
import { launchOptions } from '../launch-options.ts';
import { timeUntilButtonIsUsable } from './button-usable.ts';
import { startBuild, startNaivePage, type MeasuredApp } from './measured-app.ts';
import { nameOf, roundsOf } from './rounds.ts';
import { visit, type Visit, type Wait } from './visit.ts';
import { drawWaterfall } from './waterfall.ts';

/*
 * A part of `pnpm measure`. Prints what a person waits for, beside the page that the product replaces and, with
 * `--baseline <checkout>`, beside another build of this repository. Draws the requests into apps/web/docs.
 *
 * All apps have the same web server and the same provider, which answers at once. They take turns, so that other load on
 * the machine affects all of them.
 */

const LATENCY_MS = 100;
/** The runs of each app. A latency makes the runs more alike. */
const RUNS = { direct: 15, delayed: 9, buttons: 9, sameTab: 5 };

/** An in-app browser, in which the sign-in runs in the same tab and loads the page again. */
const IN_APP_BROWSER = {
  userAgent:
    'Mozilla/5.0 (Linux; Android 14; wv) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156 KAKAOTALK 25.1',
};

const LABEL_WIDTH = 40;
const COLUMN_WIDTH = 14;

const NAIVE_PAGE = 'naive page';
const BASELINE = 'baseline';
const THIS_BUILD = 'this build';

const TITLES: Record<string, string> = {
  [NAIVE_PAGE]: 'Naive page: tokens in localStorage',
  [THIS_BUILD]: 'This product',
};

/** The results of the runs, by the name of the app. */
type Results<T> = Map<string, T[]>;

/** A row of the table. The README of this package says what each one measures. */
interface Row {
  label: string;
  unit: 'ms' | '';
  /** The median by app. */
  medians: Map<string, number>;
}

const { values: options } = parseArgs({ options: { baseline: { type: 'string' } } });
const progress = startProgress();
const apps = new Map<string, MeasuredApp>();
const browser = await chromium.launch(launchOptions);
try {
  apps.set(NAIVE_PAGE, await startNaivePage());
  if (options.baseline !== undefined) apps.set(BASELINE, await startBuild(resolve(options.baseline)));
  apps.set(THIS_BUILD, await startBuild());

  const direct = await takeTurns({
    title: 'Visits without delay',
    rounds: RUNS.direct,
    run: (app) => visit({ browser, app, latencyMs: 0 }),
  });
  const delayed = await takeTurns({
    title: `Visits with ${LATENCY_MS} ms on each hop`,
    rounds: RUNS.delayed,
    run: (app) => visit({ browser, app, latencyMs: LATENCY_MS }),
  });
  const buttons = await takeTurns({
    title: 'First visits',
    rounds: RUNS.buttons,
    run: (app) => timeUntilButtonIsUsable({ browser, app }),
  });
  const sameTab = await takeTurns({
    title: 'Sign-ins in the same tab',
    rounds: RUNS.sameTab,
    run: (app) => visit({ browser, app, latencyMs: LATENCY_MS, context: IN_APP_BROWSER }),
    names: [...apps.keys()].filter((name) => name !== NAIVE_PAGE),
  });
  progress.stop();

  const [clickMs, reloadMs] = [({ click }: Visit) => click.ms, ({ reload }: Visit) => reload.ms];
  printTable([
    { label: 'click → balance, no delay', unit: 'ms', medians: mediansOf(direct, clickMs) },
    { label: 'click → balance, 100 ms on each hop', unit: 'ms', medians: mediansOf(delayed, clickMs) },
    { label: 'reload → balance, no delay', unit: 'ms', medians: mediansOf(direct, reloadMs) },
    { label: 'reload → balance, 100 ms on each hop', unit: 'ms', medians: mediansOf(delayed, reloadMs) },
    { label: 'requests after the click', unit: '', medians: mediansOf(delayed, ({ click }) => sent(click)) },
    { label: 'requests on reload', unit: '', medians: mediansOf(delayed, ({ reload }) => sent(reload)) },
    { label: 'button usable, 1.6 Mbit/s + 150 ms', unit: 'ms', medians: mediansOf(buttons, (ms) => ms) },
    { label: 'click → balance in the same tab, 100 ms', unit: 'ms', medians: mediansOf(sameTab, clickMs) },
  ]);
  const paths = { click: 'the click', reload: 'the reload' } as const;
  for (const path of ['click', 'reload'] as const) {
    const waits = new Map(
      [...delayed].map(([name, visits]) => [name, medianWait(visits.map((one) => one[path]))]),
    );
    for (const [name, wait] of waits) printRounds(`${name}, from ${paths[path]}`, wait);
    draw(path, paths[path], waits);
  }
} catch (error) {
  process.exitCode = 1;
  console.error(error instanceof StackError ? error.message : error);
} finally {
  progress.stop();
  await browser.close();
  await Promise.all([...apps.values()].map(({ stop }) => stop()));
}

interface Turns<T> {
  title: string;
  rounds: number;
  run: (app: MeasuredApp) => Promise<T>;
  /** @default all apps */
  names?: string[];
}

/** Runs each app in turn, and returns the results by app. The order rotates from round to round. */
async function takeTurns<T>({ title, rounds, run, names = [...apps.keys()] }: Turns<T>): Promise<Results<T>> {
  const results = new Map(names.map((name): [string, T[]] => [name, []]));
  for (let turn = 0; turn < rounds * names.length; turn += 1) {
    progress.show(title, { done: turn, total: rounds * names.length });
    const name = names[(turn + Math.floor(turn / names.length)) % names.length] ?? '';
    const app = apps.get(name);
    if (app) results.get(name)?.push(await run(app));
  }
  return results;
}

function mediansOf<T>(results: Results<T>, pick: (result: T) => number): Row['medians'] {
  return new Map([...results].map(([name, list]) => [name, median(list.map(pick))]));
}

/** The requests that reach a server. Those from the browser's cache do not. */
function sent({ requests }: Wait): number {
  return requests.filter(({ from }) => from === 'browser').length;
}

function medianWait(waits: Wait[]): Wait {
  const [middle] = waits.toSorted((a, b) => a.ms - b.ms).slice(Math.floor(waits.length / 2));
  if (!middle) throw new Error('No run was measured.');
  return middle;
}

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

function printTable(rows: Row[]): void {
  const compared = [...apps.keys()].filter((name) => name !== THIS_BUILD);
  const heading = [...apps.keys(), ...compared.map((name) => `× ${name}`)];
  console.log('\nMedians of alternated runs in Chromium, each with an empty profile');
  console.log(`  ${''.padEnd(LABEL_WIDTH)}${heading.map((name) => name.padStart(COLUMN_WIDTH)).join('')}`);
  for (const { label, unit, medians } of rows) {
    const own = medians.get(THIS_BUILD) ?? NaN;
    const values = [...apps.keys()].map((name) =>
      format(medians.get(name), (value) => `${Math.round(value)} ${unit}`),
    );
    const ratios = compared.map((name) => format(medians.get(name), (value) => (own / value).toFixed(2)));
    const cells = [...values, ...ratios].map((cell) => cell.trim().padStart(COLUMN_WIDTH));
    console.log(`  ${label.padEnd(LABEL_WIDTH)}${cells.join('')}`);
  }
}

function format(value: number | undefined, inWords: (value: number) => string): string {
  return value === undefined ? '–' : inWords(value);
}

function printRounds(title: string, wait: Wait): void {
  console.log(`\nRound trips in series: ${title}`);
  for (const [index, { requests, onward }] of roundsOf(wait).entries()) {
    console.log(`  ${index + 1}. ${requests.map(nameOf).join(', ')}`);
    for (const request of onward) console.log(`     → ${nameOf(request)}`);
  }
}

/** Draws the naive page and this build. */
function draw(path: string, since: string, waits: Map<string, Wait>): void {
  const lanes = [...waits].flatMap(([name, wait]) =>
    name === BASELINE ? [] : { title: TITLES[name] ?? name, wait },
  );
  for (const theme of ['light', 'dark'] as const) {
    const picture = drawWaterfall({
      title: `From ${since} to the balance`,
      subtitle: `Each bar is one request. Each request is delayed by ${LATENCY_MS} ms. Median of ${RUNS.delayed} runs in Chromium.`,
      since,
      lanes,
      theme,
    });
    writeFileSync(inWorkspace(`apps/web/docs/${path}-${theme}.svg`), picture);
  }
}
