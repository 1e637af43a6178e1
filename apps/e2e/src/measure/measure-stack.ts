import { brotliCompressSync } from 'node:zlib';
import { build } from 'rolldown';
import { startProgress } from '@oneclick/stack/progress';
import { StackError, startParts } from '@oneclick/stack/start-parts';
import { freeStackPorts, requireBuildOutput, stackParts, startStack } from '@oneclick/stack/start-stack';
import { inWorkspace } from '@oneclick/stack/workspace';
import { firstLoad } from './first-load.ts';

/*
 * A part of `pnpm measure`. Prints how fast this machine starts the system and how large the built web app is. It uses free
 * ports, so that it can run next to `pnpm dev`.
 */

const API_STARTS = 5;

const progress = startProgress();

try {
  requireBuildOutput();

  console.log('Time from the spawn of the parts to their first answer');
  progress.show('Starting the development servers');
  await developmentStart(); // The first start is slower, because Vite bundles the dependencies.
  print('development, all parts, warm', milliseconds(await developmentStart()));
  const starts: number[] = [];
  for (let start = 0; start < API_STARTS; start += 1) {
    progress.show('Starts of the API', { done: start, total: API_STARTS });
    starts.push(await productionApiStart());
  }
  print(`production, api alone, median of ${API_STARTS}`, milliseconds(median(starts)));

  progress.show('Compressing the built web app');
  console.log('\nBytes of the built web app, in brotli, fetched before any script runs');
  const dist = inWorkspace('apps/web/dist');
  const { pages, rest } = firstLoad(dist, ['index.html', 'oauth/callback.html']);
  for (const [page, weight] of pages) print(page, kilobytes(weight));
  print('all other scripts and styles, as needed', kilobytes(rest));

  console.log('\nBytes of the sign-in without React, in brotli');
  print('all of it, bundled alone', kilobytes({ js: await wholeSignIn() }));
} catch (error) {
  process.exitCode = 1;
  console.error(error instanceof StackError ? error.message : error);
} finally {
  progress.stop();
}

async function developmentStart(): Promise<number> {
  const stack = await startStack({ mode: 'development', ports: await freeStackPorts() });
  await stack.stop();
  return stack.readyAfterMs;
}

async function productionApiStart(): Promise<number> {
  const parts = stackParts({ mode: 'production', ports: await freeStackPorts() }).filter(
    ({ name }) => name === 'api',
  );
  const { readyAfterMs, stop } = await startParts({ parts });
  await stop();
  return readyAfterMs;
}

/** The compressed size (brotli) of packages/sign-in without React: the part that a team with its own screens embeds. */
async function wholeSignIn(): Promise<number> {
  const { output } = await build({
    input: inWorkspace('packages/sign-in/src/index.ts'),
    write: false,
    output: { minify: true },
    // As a bundler does for production, which drops the diagnostics.
    transform: { define: { 'import.meta.env.MODE': '"production"' } },
  });
  return output.reduce(
    (bytes, file) => bytes + (file.type === 'chunk' ? brotliCompressSync(file.code).length : 0),
    0,
  );
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
