import '@oneclick/sign-in/src/pages/opening-page.ts';
