import '@oneclick/sign-in/src/pages/callback-page.ts';
