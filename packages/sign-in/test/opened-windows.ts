export type OpenedWindow = {
  openedOn: string;
  url: string;
  /** How often the page has sent the window to another address. */
  navigations: number;
  opener: unknown;
  closed: boolean;
  top: unknown;
  close: () => void;
};

/** The windows that a page opens with `open`, as far as it can see and steer them. */
export function openedWindows(): { opened: OpenedWindow[]; open: typeof window.open } {
  const opened: OpenedWindow[] = [];
  return {
    opened,
    open(url) {
      const popup = {
        openedOn: String(url),
        url: String(url),
        navigations: 0,
        opener: window,
        closed: false,
        get top(): unknown {
          return popup;
        },
        close: () => {
          popup.closed = true;
        },
        location: {
          replace: (to: string) => {
            popup.url = to;
            popup.navigations += 1;
          },
        },
      };
      opened.push(popup);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the app uses of a Window, and no more
      return popup as unknown as Window;
    },
  };
}
