import { signIn } from '@oneclick/sign-in/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const { WEB_PORT = '5173', API_PROXY_TARGET } = process.env;

const listen = { host: '127.0.0.1', port: Number(WEB_PORT), strictPort: true };

/**
 * The screens are a script of their own beside the core, in the sources and in the build: it is fetched at the same
 * time, and the core does not wait for it.
 */
const screens = (): Plugin => ({
  name: 'screens',
  transformIndexHtml: {
    order: 'post',
    handler(_, { bundle, filename }) {
      if (!filename.endsWith('index.html')) return [];
      const built = Object.values(bundle ?? {}).find(
        (chunk) => chunk.type === 'chunk' && chunk.isEntry && chunk.name === 'screens',
      );
      const src = built ? `/${built.fileName}` : '/src/screens.tsx';
      return [{ tag: 'script', attrs: { type: 'module', src }, injectTo: 'head' }];
    },
  },
});

export default defineConfig({
  // No fallback to index.html: a wrong path answers 404.
  appType: 'mpa',
  plugins: [react(), signIn({ apiTarget: API_PROXY_TARGET, style: 'src/design/window.css' }), screens()],
  // Vite finds all dependencies at the start, so that it does not reload the page in the middle of a sign-in.
  optimizeDeps: { entries: ['index.html', 'src/screens.tsx'] },
  server: listen,
  preview: listen,
  build: {
    target: 'es2023',
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { index: 'index.html', screens: 'src/screens.tsx' } },
  },
});
