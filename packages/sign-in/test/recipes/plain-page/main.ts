import { createSignInClient } from '@oneclick/sign-in';

const client = createSignInClient();
const signInButton = document.querySelector<HTMLElement>('#sign-in')!;
const signOutButton = document.querySelector<HTMLElement>('#sign-out')!;
const output = document.querySelector('output')!;

signInButton.addEventListener('pointerenter', client.prepareSignIn);
signInButton.addEventListener('click', () => client.signIn());
signOutButton.addEventListener('click', () => void client.signOut());
client.subscribe(show);
show();

function show(): void {
  const session = client.getSession();
  signInButton.hidden = session.status !== 'signed-out';
  signOutButton.hidden = !session.isSignedIn;
  output.value = session.status === 'signed-out' ? (session.error?.code ?? '') : '…';
  if (session.isSignedIn) void showBalance(session.sessionId);
}

async function showBalance(sessionId: string): Promise<void> {
  const text = await readBalance(sessionId).catch(() => 'Your balance couldn’t be loaded.');
  // Another user may have signed in meanwhile.
  const session = client.getSession();
  if (session.isSignedIn && session.sessionId === sessionId) output.value = text;
}

async function readBalance(sessionId: string): Promise<string> {
  // The account has come with the token, as a rule.
  const user = client.getInitialUserinfo(sessionId)?.userinfo ?? (await client.fetchUserinfo());
  return `Your balance: ${user.balance_formatted}`;
}
