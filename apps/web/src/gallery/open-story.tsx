import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import type { HttpHandler } from 'msw';
import { type ReactElement, StrictMode } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { type Locale, LOCALES } from '@oneclick/shared/languages';
import type { ErrorDetails, SignInErrorCode } from '@oneclick/sign-in';
import { SignInProvider } from '@oneclick/sign-in/react';
import { answer } from '@oneclick/sign-in/test/answers.ts';
import {
  createBrowserClient,
  leaveSignInOutcome,
  writeSessionMark,
} from '@oneclick/sign-in/test/internals-for-stories.ts';
import { type OpenedWindow, openedWindows } from '@oneclick/sign-in/test/opened-windows.ts';
import { App } from '../app.tsx';
import { followTheme } from '../appearance/theme.ts';
import { type SessionStatus, showSessionStatus } from '../show-session-status.ts';
import { loadLanguage } from '../texts/language.ts';
import { loadLateTexts } from '../texts/load-late-texts.ts';
import { LanguageContext } from '../texts/use-texts.ts';
import { type Answers, apiDouble } from './api-double.ts';
import { showDesign } from './show-design.ts';
import { copyWindowPage, type WindowPage } from './window-page.ts';

// As the inline script of index.html does.
followTheme();

const FOUND_WITHIN_MS = 5_000;

/** A state of the app that a user can meet, and how it comes about. */
export type Story = {
  /** Unique, in kebab case. */
  name: string;
  answers?: Answers;
  /** Left in the storage by an earlier page. */
  before?: { isSignedIn?: true; outcome?: ErrorDetails };
  browser?: {
    userAgent?: string;
    isOffline?: true;
    isFramed?: true;
    opensNoWindow?: true;
    blocksCookies?: true;
  };
  /** Shown in place of the app: a screen that the build makes, and React never shows. */
  screen?: ReactElement;
  /** Shown in place of the app: a page of the sign-in window, as its script shows it. */
  windowPage?: { page: WindowPage; show: (locale: Locale) => void };
  /** The user's actions, and other events meanwhile. */
  act?: (stage: Stage) => Promise<void>;
  shows: {
    /** None in the sign-in window. */
    session?: SessionStatus;
    notice?: SignInErrorCode;
    /** The error code and the request id that the user gives to support. */
    supportCode?: string;
    /** The `data-testid` of each button that can be pressed, in their order. The one of the sign-in window is a `button`. */
    offers: string[];
    /** Text on the screen, in English. */
    says?: string;
  };
};

export type Stage = {
  /** Replaces answers of the API from now on. */
  setAnswers: (answers: Answers) => void;
  goOffline: () => void;
  /** The windows that the app has opened. They show nothing. */
  opened: OpenedWindow[];
  /** Waits until the element is on the screen. */
  find: (testId: string) => Promise<HTMLElement>;
  press: (testId: string) => Promise<void>;
};

export type OpenStory = { showIn: (locale: Locale) => void; close: () => void };

type Place = {
  element: Element;
  locale: Locale;
  /** msw's: puts these handlers before the present ones. */
  use: (...handlers: HttpHandler[]) => void;
};

/**
 * Shows a story in `element`: the app itself, with an API that msw plays. Resolves after all actions. Only one story can
 * be open, because it uses the page's storage and root element.
 */
export async function openStory(story: Story, place: Place): Promise<OpenStory> {
  showDesign(story.windowPage ? 'window' : 'app');
  return story.windowPage ? openWindowPage(story.windowPage, place) : openApp(story, place);
}

function openWindowPage(
  { page, show }: NonNullable<Story['windowPage']>,
  { element, locale }: Place,
): OpenStory {
  delete document.documentElement.dataset.session;
  element.replaceChildren(copyWindowPage(page));
  function showIn(next: Locale): void {
    document.documentElement.lang = next;
    show(next);
  }
  showIn(locale);
  return { showIn, close: () => element.replaceChildren() };
}

async function openApp(
  { answers = {}, before = {}, browser = {}, screen, act }: Story,
  { element, locale: firstLocale, use }: Place,
): Promise<OpenStory> {
  clearStorage();
  // So that each language shows at once.
  const [languages] = await Promise.all([
    Promise.all(LOCALES.map(loadLanguage)),
    Promise.all(LOCALES.map(loadLateTexts)),
  ]);
  if (before.isSignedIn) writeSessionMark('signed-in');
  if (before.outcome) leaveSignInOutcome(before.outcome);

  const closing = new AbortController();
  const setAnswers = (changed: Answers) => use(...apiDouble(changed, closing));
  // The app prepares the transaction when the pointer or the focus reaches the button.
  setAnswers({ start: answer.start, ...answers });

  const { opened, open } = openedWindows();
  const undo = [
    shadow(window, 'open', browser.opensNoWindow ? () => null : open),
    ...(browser.blocksCookies ? [shadow(navigator, 'cookieEnabled', false)] : []),
    ...(browser.isOffline ? [shadow(navigator, 'onLine', false)] : []),
    ...(browser.userAgent === undefined ? [] : [shadow(navigator, 'userAgent', browser.userAgent)]),
  ];
  document.documentElement.dataset.session = 'restoring';
  const client = createBrowserClient({ isFramed: () => browser.isFramed ?? false });
  // Short retry delays, so that an error shows at once.
  const queryClient = new QueryClient({ defaultOptions: { queries: { retryDelay: 1 } } });
  const root = createRoot(element);
  const showIn = (locale: Locale) =>
    flushSync(() =>
      root.render(
        <StrictMode>
          <SignInProvider client={client}>
            <QueryClientProvider client={queryClient}>
              <LanguageContext value={languages.find((language) => language.locale === locale)}>
                {screen ?? <App />}
              </LanguageContext>
            </QueryClientProvider>
          </SignInProvider>
        </StrictMode>,
      ),
    );
  undo.push(
    // After the client is closed: otherwise it would retry the aborted requests.
    () => closing.abort(),
    showSessionStatus(client),
    () => root.unmount(),
    client.close,
    () => queryClient.clear(),
  );
  showIn(firstLocale);

  function goOffline(): void {
    window.dispatchEvent(new Event('offline'));
    // React Query's knowledge of the network outlives the story.
    undo.push(() => void window.dispatchEvent(new Event('online')));
  }

  async function find(testId: string): Promise<HTMLElement> {
    const untilMs = performance.now() + FOUND_WITHIN_MS;
    while (performance.now() < untilMs) {
      const found = element.querySelector<HTMLElement>(`[data-testid="${testId}"]`);
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`${testId} did not appear within ${FOUND_WITHIN_MS} ms`);
  }
  await act?.({ setAnswers, goOffline, opened, find, press: async (testId) => (await find(testId)).click() });

  return {
    showIn,
    close() {
      for (const undoOne of undo.toReversed()) undoOne();
      clearStorage();
    },
  };
}

function clearStorage(): void {
  localStorage.clear();
  sessionStorage.clear();
}

/** Replaces a property of the browser's. Returns the undo. */
function shadow(target: object, name: string, value: unknown): () => void {
  const former = Object.getOwnPropertyDescriptor(target, name);
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
  return () => {
    if (former) Object.defineProperty(target, name, former);
    else Reflect.deleteProperty(target, name);
  };
}
