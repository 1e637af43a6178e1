// @vitest-environment node
import { expect, test, vi } from 'vitest';
import { createSignInClient } from './create-sign-in-client.ts';

test('on a server the client touches no document, stays loading and does nothing', async () => {
  const fetched = vi.spyOn(globalThis, 'fetch');
  const client = createSignInClient();
  expect(client.getSession()).toMatchObject({ status: 'loading', isSignedIn: false });
  client.prepareSignIn();
  client.signIn();
  client.tryAgain();
  await client.signOut();
  await expect(client.fetchUserinfo()).rejects.toMatchObject({ code: 'no_session' });
  await expect(client.topUp()).rejects.toMatchObject({ code: 'no_session' });
  client.onEvent(() => undefined)();
  client.close();
  expect(client.getSession().status).toBe('loading');
  expect(fetched).not.toHaveBeenCalled();
});
