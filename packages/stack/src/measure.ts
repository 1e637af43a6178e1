import { globSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'rolldown';
import { requireBuildOutput } from './build-output.ts';
import { firstLoad, weigh } from './first-load.ts';
import { freePorts } from './ports.ts';
import { StackError, startParts } from './run-parts.ts';
import { stackParts, startStack, type Mode } from './stack.ts';
import { inWorkspace } from './workspace.ts';

/*
 * `pnpm measure`, with apps/e2e/src/measure-sign-in.ts: how fast this machine starts the system, and what the built
 * web app weighs. It prints and judges nothing. It uses free ports, so that a running `pnpm dev` is not in its way.
 */

const API_STARTS = 5;

try {
  requireBuildOutput();

  console.log('Time from the spawn of the parts to their first answer');
  await developmentStart(); // Vite prepares its dependencies once and keeps them.
  print('development, all parts, warm', milliseconds(await developmentStart()));
  const starts: number[] = [];
  for (let start = 0; start < API_STARTS; start += 1) starts.push(await productionApiStart());
  print(`production, api alone, median of ${API_STARTS}`, milliseconds(median(starts)));

  console.log('\nBytes of the built web app, in brotli, fetched before any script runs');
  const dist = inWorkspace('apps/web/dist');
  const { pages, rest } = firstLoad(dist, ['index.html', 'oauth/callback.html']);
  for (const [page, weight] of pages) print(page, kilobytes(weight));
  print('all other scripts and styles, as needed', kilobytes(rest));

  console.log('\nBytes of the sign-in without React, in brotli');
  const core = weigh(dist, globSync('assets/main-*.js', { cwd: dist }));
  print('what runs before React has loaded', kilobytes(core));
  print('all of it, bundled alone', kilobytes({ js: await wholeSignIn() }));
} catch (error) {
  process.exitCode = 1;
  console.error(error instanceof StackError ? error.message : error);
}

async function developmentStart(): Promise<number> {
  const stack = await startStack({ mode: 'development', ports: await unusedPorts() });
  await stack.stop();
  return Math.max(...Object.values(stack.readyAfterMs));
}

async function productionApiStart(): Promise<number> {
  const mode: Mode = 'production';
  const parts = stackParts({ mode, ports: await unusedPorts() }).filter(({ name }) => name === 'api');
  const { readyAfterMs, stop } = await startParts({ parts });
  await stop();
  return Math.max(...Object.values(readyAfterMs));
}

/** What a team embeds that brings screens of its own: packages/sign-in without the seam to React. In brotli. */
async function wholeSignIn(): Promise<number> {
  const { output } = await build({
    input: inWorkspace('packages/sign-in/src/session/tab-session.ts'),
    write: false,
    output: { minify: true },
  });
  return output.reduce(
    (bytes, file) => bytes + (file.type === 'chunk' ? brotliCompressSync(file.code).length : 0),
    0,
  );
}

async function unusedPorts() {
  const [web = 0, api = 0, provider = 0] = await freePorts(3);
  return { web, api, provider };
}

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

function print(what: string, value: string): void {
  console.log(`  ${what.padEnd(42)} ${value}`);
}

function milliseconds(value: number): string {
  return `${Math.round(value)} ms`;
}

function kilobytes(weight: Record<string, number>): string {
  const total = Object.values(weight).reduce((sum, bytes) => sum + bytes, 0);
  return Object.entries({ ...weight, total })
    .map(([kind, bytes]) => `${kind} ${(bytes / 1000).toFixed(1)} kB`)
    .join(', ');
}
