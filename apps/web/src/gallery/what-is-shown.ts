/** What a page shows, in the terms of `shows` of a story. */
export function whatIsShown(element: Element): object {
  const notice = element.querySelector<HTMLElement>('[data-testid="notice"]');
  const supportCode = Array.from(element.querySelectorAll('.support-code code'), (code) => code.textContent);
  const buttons = Array.from(element.querySelectorAll('button'));
  return {
    session: document.documentElement.dataset['session'],
    ...(notice && { notice: notice.dataset['code'] }),
    ...(supportCode.length > 0 && { supportCode: supportCode.join(' ') }),
    offers: buttons
      .filter((button) => button.checkVisibility() && !button.disabled && button.ariaDisabled !== 'true')
      .map((button) => button.dataset['testid'] ?? button.type),
  };
}
