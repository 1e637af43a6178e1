/*
 * A browser engine beside Chromium, as far as a sign-in needs it. Firefox and WebKit are driven in two different
 * ways; behind this they are one.
 */

export interface Engine {
  name: string;
  /** What this machine lacks, in one sentence. Undefined if the engine can be launched. */
  missing: string | undefined;
  launch: () => Promise<EngineBrowser>;
}

export interface EngineBrowser {
  /** Cookies, storage and windows of its own. */
  newProfile: () => Promise<EngineProfile>;
  close: () => Promise<void>;
}

export interface EngineProfile {
  newTab: () => Promise<EngineTab>;
  /** Every tab and window that is open. The same one is the same object each time. */
  tabs: () => Promise<EngineTab[]>;
  close: () => Promise<void>;
}

export interface EngineTab {
  goTo: (url: string) => Promise<void>;
  /** With the mouse: a gesture of the user, as the browser sees it. */
  click: (selector: string) => Promise<void>;
  fill: (selector: string, text: string) => Promise<void>;
  /** The value of an expression in the page. Throws while one page makes way for the next. */
  evaluate: (expression: string) => Promise<unknown>;
  close: () => Promise<void>;
}
