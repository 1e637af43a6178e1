/*
 * The operations that a sign-in needs from a browser engine other than Chromium. Firefox and WebKit have different drivers,
 * and both implement these interfaces.
 */

export interface Engine {
  name: string;
  /** One sentence about the programs that this machine lacks. Undefined if the engine can be launched. */
  missing: string | undefined;
  launch: () => Promise<EngineBrowser>;
}

export interface EngineBrowser {
  /** Creates a profile with its own cookies, storage and windows. */
  newProfile: () => Promise<EngineProfile>;
  close: () => Promise<void>;
}

export interface EngineProfile {
  newTab: () => Promise<EngineTab>;
  /** Returns all open tabs and windows. The same tab is the same object in every call. */
  tabs: () => Promise<EngineTab[]>;
  close: () => Promise<void>;
}

export interface EngineTab {
  goTo: (url: string) => Promise<void>;
  /** Clicks with the mouse, so that the browser sees a user gesture. */
  click: (selector: string) => Promise<void>;
  fill: (selector: string, text: string) => Promise<void>;
  /** Evaluates an expression in the page. Throws during a navigation. */
  evaluate: (expression: string) => Promise<unknown>;
  close: () => Promise<void>;
}
