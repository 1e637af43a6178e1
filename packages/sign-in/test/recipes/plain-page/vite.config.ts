import { signIn } from '@oneclick/sign-in/vite';
import { defineConfig } from 'vite';

export default defineConfig({ plugins: [signIn()] });
