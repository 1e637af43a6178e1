import { type ReactNode, useState, useSyncExternalStore } from 'react';

/**
 * The heading of a screen. The screen refers to it by the id `title`. When a screen is replaced, the button that the
 * user pressed disappears. The focus then moves to the new heading, so that a screen reader reads it out, and Tab
 * leads to the first button of the new screen. The first screen of the page replaces none. A screen that removes a pressed
 * button and stays gives the heading another key.
 */
export function ScreenTitle({ isHidden, children }: { isHidden?: boolean; children: ReactNode }) {
  const [isOfFirstScreen] = useState(useIsHydrating());
  return (
    <h1
      id="title"
      tabIndex={-1}
      ref={isOfFirstScreen ? undefined : takeLostFocus}
      className={isHidden ? 'visually-hidden' : undefined}
    >
      {children}
    </h1>
  );
}

/** Whether React takes over elements that are on the screen already. */
function useIsHydrating(): boolean {
  return useSyncExternalStore(
    () => () => undefined,
    () => false,
    () => true,
  );
}

function takeLostFocus(title: HTMLElement | null): void {
  // The types declare it as present, but Firefox before 120 lacks it.
  const activation: UserActivation | undefined = navigator.userActivation;
  // Without an interaction there was no focus to lose: the page has just loaded.
  if (activation?.hasBeenActive && document.activeElement === document.body) title?.focus();
}
