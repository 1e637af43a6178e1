import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { App } from '../app.tsx';
import type { HttpHandler } from 'msw';
import { createApiClient } from '@oneclick/sign-in/src/api/api-client.ts';
import { createSession } from '@oneclick/sign-in/src/session/tab-session.ts';
import { writeSessionMark } from '@oneclick/sign-in/src/session/session-mark.ts';
import { leaveOutcome } from '@oneclick/sign-in/src/sign-in/sign-in-outcome.ts';
import type { SessionStatus } from '@oneclick/sign-in/src/session/session-state.ts';
import type { FaultCode, Notice } from '@oneclick/sign-in/src/api/fault.ts';
import { renderApp } from '../render-app.tsx';
import { showSessionStatus } from '../show-session-status.ts';
import { answer } from '@oneclick/sign-in/test/answers.ts';
import { type OpenedWindow, openedWindows } from '@oneclick/sign-in/test/opened-windows.ts';
import { type Answers, playedApi } from './played-api.ts';

const SEEN_WITHIN_MS = 5_000;

/** A state of the app that a person can meet, and how it comes about. */
export type Scene = {
  /** In kebab case; one of its own. */
  name: string;
  answers?: Answers;
  /** What an earlier page left behind. */
  before?: { isSignedIn?: true; outcome?: Notice };
  /** What is unusual about the browser. */
  browser?: { userAgent?: string; isOffline?: true; isFramed?: true; opensNoWindow?: true };
  /** What the person does, and what else happens. */
  act?: (stage: Stage) => Promise<void>;
  shows: {
    session: SessionStatus;
    notice?: FaultCode;
    /** What there is to quote to support. */
    quote?: string;
    /** What a person can do next: the buttons that can be pressed, by their `data-testid`, in their order. */
    offers: string[];
    /** Something that is to be read on it, in English. */
    says?: string;
  };
};

export type Stage = {
  /** What the API answers from now on. */
  play: (answers: Answers) => void;
  goOffline: () => void;
  /** Windows that the app has opened. They show nothing. */
  opened: OpenedWindow[];
  /** Waits until it is there. */
  see: (testId: string) => Promise<HTMLElement>;
  press: (testId: string) => Promise<void>;
};

/**
 * Shows the scene in `root`: the app itself, with an API that msw plays. Resolves when everything in it has been
 * done. One scene at a time: it has the page's storage and root element for itself until it is closed.
 */
export async function openScene(
  { answers = {}, before = {}, browser = {}, act }: Scene,
  {
    root,
    use,
  }: {
    root: Element;
    /** msw's: puts these handlers before those that are there. */
    use: (...handlers: HttpHandler[]) => void;
  },
): Promise<{ close: () => void }> {
  localStorage.clear();
  sessionStorage.clear();
  if (before.isSignedIn) writeSessionMark('signed-in');
  if (before.outcome) leaveOutcome(before.outcome);

  const closing = new AbortController();
  const play = (told: Answers) => use(...playedApi(told, closing));
  // Asked for when the pointer or the focus comes by the button.
  play({ start: answer.start, ...answers });

  const { opened, open } = openedWindows();
  const undo = [
    shadow(window, 'open', browser.opensNoWindow ? () => null : open),
    ...(browser.isOffline ? [shadow(navigator, 'onLine', false)] : []),
    ...(browser.userAgent === undefined ? [] : [shadow(navigator, 'userAgent', browser.userAgent)]),
  ];
  document.documentElement.dataset.session = 'restoring';
  const session = createSession({
    api: createApiClient({ origin: '' }),
    isFramed: () => browser.isFramed ?? false,
  });
  // Nobody waits seconds for a picture.
  const client = new QueryClient({ defaultOptions: { queries: { retryDelay: 1 } } });
  undo.push(
    showSessionStatus(session),
    renderApp({
      session,
      element: root,
      app: (
        <QueryClientProvider client={client}>
          <App />
        </QueryClientProvider>
      ),
    }),
    session.close,
    () => closing.abort(),
  );
  void session.restore();

  function goOffline(): void {
    window.dispatchEvent(new Event('offline'));
    // What react-query knows of the network outlives the scene.
    undo.push(() => void window.dispatchEvent(new Event('online')));
  }

  async function see(testId: string): Promise<HTMLElement> {
    const untilMs = performance.now() + SEEN_WITHIN_MS;
    while (performance.now() < untilMs) {
      const element = root.querySelector<HTMLElement>(`[data-testid="${testId}"]`);
      if (element) return element;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`the scene waits for ${testId} in vain`);
  }
  await act?.({ play, goOffline, opened, see, press: async (testId) => (await see(testId)).click() });

  return {
    close() {
      for (const back of undo.toReversed()) back();
    },
  };
}

/** Puts a value of ours in front of one of the browser's. Returns the undo. */
function shadow(target: object, name: string, value: unknown): () => void {
  const former = Object.getOwnPropertyDescriptor(target, name);
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
  return () => {
    if (former) Object.defineProperty(target, name, former);
    else Reflect.deleteProperty(target, name);
  };
}
