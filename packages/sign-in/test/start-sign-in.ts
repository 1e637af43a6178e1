import type { SignInClient } from '../src/sign-in-client.ts';
import { answer } from './answers.ts';
import { serve } from './api-server.ts';
import { loadPage, until } from './client.ts';
import type { OpenedWindow } from './opened-windows.ts';
import { stubWindowOpen } from './stub-window-open.ts';

/** Clicks the button on a page on which nobody is signed in, and waits until the window is at the provider. */
export async function startSignIn(client: SignInClient = loadPage()): Promise<{
  client: SignInClient;
  popup: OpenedWindow;
  opened: OpenedWindow[];
  starts: Request[];
}> {
  const starts = serve('start', answer.start);
  const opened = stubWindowOpen();
  await until(client, 'idle');
  client.signIn();
  await until(client, 'waiting-for-provider');
  const [popup] = opened;
  if (!popup) throw new Error('no window was opened');
  return { client, popup, opened, starts };
}
