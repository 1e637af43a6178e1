import type { ReactNode } from 'react';

/**
 * The heading of a screen, which names it by the id `title`. The button that was pressed goes with the screen before,
 * and the focus with it: it moves here, so that who listens hears what has come, and Tab goes on from here.
 */
export function ScreenTitle({ isHidden = false, children }: { isHidden?: boolean; children: ReactNode }) {
  return (
    <h1 id="title" tabIndex={-1} ref={takeLostFocus} {...(isHidden && { className: 'visually-hidden' })}>
      {children}
    </h1>
  );
}

function takeLostFocus(title: HTMLElement | null): void {
  // Not there in every browser, whatever the types say.
  const activation: UserActivation | undefined = navigator.userActivation;
  // On a page that has just loaded nobody has lost anything.
  if (activation?.hasBeenActive && document.activeElement === document.body) title?.focus();
}
