import { createSignInClient, type SignInClient } from '../../../src/index.ts';

/* A page without React. The test calls the client itself. */

declare global {
  interface Window {
    client: SignInClient;
  }
}

const client = createSignInClient({ ownOrigins: [import.meta.env['VITE_OWN_ORIGIN']] });
window.client = client;
document.querySelector('button')!.addEventListener('click', () => client.signIn());
const show = () => void (document.querySelector('output')!.value = client.getSession().status);
client.subscribe(show);
show();
