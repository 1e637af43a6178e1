import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { mockServiceWorker } from './src/gallery/mock-service-worker.ts';

/* `pnpm gallery`: a server of its own for the stories. The built app contains nothing of it. */

const inThisFolder = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const { GALLERY_PORT = '5180' } = process.env;

export default defineConfig({
  root: inThisFolder('src/gallery'),
  publicDir: inThisFolder('public'),
  cacheDir: inThisFolder('node_modules/.vite-gallery'),
  appType: 'mpa',
  // In the mode `development`, the sign-in would report that this server has no callback page.
  mode: 'gallery',
  plugins: [react(), mockServiceWorker()],
  server: { host: '127.0.0.1', port: Number(GALLERY_PORT), strictPort: true },
});
