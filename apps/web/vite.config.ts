import { signIn } from '@oneclick/sign-in/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { deploymentPlugin } from './src/deployment/deployment-plugin.ts';
import { firstScreenPlugin } from './src/first-screen/first-screen-plugin.ts';

const { WEB_PORT = '5173', WEB_ORIGIN, API_PROXY_TARGET } = process.env;

const listen = { host: '127.0.0.1', port: Number(WEB_PORT), strictPort: true };

export default defineConfig({
  // No fallback to index.html: a wrong path answers 404.
  appType: 'mpa',
  plugins: [
    react(),
    firstScreenPlugin(),
    signIn({ apiTarget: API_PROXY_TARGET, webOrigin: WEB_ORIGIN, style: 'src/design/window.css' }),
    deploymentPlugin(),
  ],
  // Vite finds all dependencies at the start, so that it does not reload the page in the middle of a sign-in.
  optimizeDeps: { entries: ['index.html'] },
  // Without the variables for `light-dark()`, which no style uses (`Features.LightDark`): 0.05 KB less (brotli).
  css: { lightningcss: { exclude: 1 << 20 } },
  server: listen,
  preview: listen,
  build: {
    modulePreload: false,
  },
});
