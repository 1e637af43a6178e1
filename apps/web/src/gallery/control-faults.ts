import { contrast } from '../design/contrast.ts';

/** WCAG 2.2, 1.4.11: what a control needs to be found. */
const LEAST_CONTRAST = 3;
const LEAST_OUTLINE_PX = 2;

/** Each control whose focus can't be seen: it has no outline, a weak one, or something covers the control. */
export function focusFaults(root: Element): string[] {
  const faults: string[] = [];
  for (const control of controlsIn(root)) {
    control.focus();
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(control);
    const isOutlined = outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= LEAST_OUTLINE_PX;
    if (!isOutlined) faults.push(`${nameOf(control)} has no outline`);
    else if (contrast(outlineColor, backgroundAround(control)) < LEAST_CONTRAST)
      faults.push(`the outline of ${nameOf(control)} is weak`);
    if (!isInSight(control)) faults.push(`${nameOf(control)} has the focus and is covered`);
  }
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  return faults;
}

/** Each control that only its background colour shows, which the forced colours of the user remove. */
export function forcedColorFaults(root: Element): string[] {
  return controlsIn(root)
    .filter((control) => {
      const { borderTopStyle, borderTopWidth, borderTopColor } = getComputedStyle(control);
      const hasBorder = borderTopStyle !== 'none' && Number.parseFloat(borderTopWidth) >= 1;
      return !hasBorder || contrast(borderTopColor, backgroundAround(control)) < LEAST_CONTRAST;
    })
    .map((control) => `${nameOf(control)} has no border`);
}

/** Each movement that is left for users who have asked for none. */
export function motionFaults(root: Element): string[] {
  const transitions = Array.from(root.querySelectorAll('*')).filter(
    (element) => !/^0s(?:, 0s)*$/.test(getComputedStyle(element).transitionDuration),
  );
  // An animation with a duration of 0 moves nothing.
  const animations = document
    .getAnimations()
    .filter(({ effect }) => effect?.getComputedTiming().duration !== 0);
  return [
    ...animations.map((animation) => `animation of ${JSON.stringify(animation.effect)}`),
    ...transitions.map((element) => `transition of ${nameOf(element)}`),
  ];
}

function controlsIn(root: Element): HTMLElement[] {
  return Array.from(root.querySelectorAll<HTMLElement>('a, button, input, select')).filter((control) =>
    control.checkVisibility(),
  );
}

/** The colour behind an element. */
function backgroundAround(element: Element): string {
  for (let around = element.parentElement; around; around = around.parentElement) {
    const { backgroundColor } = getComputedStyle(around);
    if (!/^rgba\(.*, 0\)$/.test(backgroundColor)) return backgroundColor;
  }
  return '#ffffff';
}

/** Whether a user sees the middle of the element. */
function isInSight(element: Element): boolean {
  const { x, y, width, height } = element.getBoundingClientRect();
  const top = document.elementFromPoint(x + width / 2, y + height / 2);
  return top !== null && element.contains(top);
}

function nameOf(element: Element): string {
  return `<${element.localName} data-testid="${element.getAttribute('data-testid') ?? ''}">`;
}
