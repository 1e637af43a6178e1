import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { signIn } from '@oneclick/sign-in/vite';
import { build } from 'vite';

/** Builds a small app with the sign-in into `dist` and `dist-headers` of this folder. */
export async function buildWebApp(root: string): Promise<void> {
  mkdirSync(join(root, 'src'));
  const script = '<script type="module" src="/src/main.js"></script>';
  writeFileSync(
    join(root, 'index.html'),
    `<!doctype html><head><meta charset="utf-8">${script}</head><p>App</p>`,
  );
  writeFileSync(join(root, 'src/main.js'), 'document.title = "App";');
  await build({ root, logLevel: 'warn', plugins: [signIn()], configFile: false });
}
