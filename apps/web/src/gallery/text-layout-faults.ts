/** Drawn for screen readers only, or by the browser itself. */
const NOT_LAID_OUT = '.visually-hidden, option';

type ShownText = {
  shown: string;
  lines: DOMRect[];
  /** The elements around it that have a size of their own. */
  boxes: Element[];
  /** A sticky element around it, which may cover what the user has not scrolled to. */
  sticky: Element | undefined;
};

/** Each text of the page that its box or another text cuts off, and whether the page scrolls sideways. */
export function textLayoutFaults(root: Element): string[] {
  const texts = shownTexts(root);
  const { scrollWidth, clientWidth } = document.documentElement;
  return [
    ...(scrollWidth > clientWidth
      ? [`the page is ${scrollWidth} px wide, the window ${clientWidth} px`]
      : []),
    ...texts.flatMap(({ shown, lines, boxes }) =>
      boxes
        .filter((box) => !lines.every((line) => contains(box.getBoundingClientRect(), line)))
        .map((box) => `"${shown}" sticks out of ${nameOf(box)}`),
    ),
    ...texts.flatMap(({ shown, lines, sticky }, index) =>
      texts
        .slice(index + 1)
        .filter(
          (other) =>
            other.sticky === sticky &&
            lines.some((line) => other.lines.some((otherLine) => overlap(line, otherLine))),
        )
        .map((other) => `"${shown}" overlaps "${other.shown}"`),
    ),
  ];
}

function shownTexts(root: Element): ShownText[] {
  const texts: ShownText[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!(node instanceof Text) || !parent?.checkVisibility() || parent.closest(NOT_LAID_OUT)) continue;
    if (node.data.trim() === '') continue;
    range.selectNodeContents(node);
    const boxes = boxesAround(node, root);
    texts.push({
      shown: node.data.slice(0, 40),
      lines: Array.from(range.getClientRects(), inkOf),
      boxes,
      sticky: boxes.find((box) => getComputedStyle(box).position === 'sticky'),
    });
  }
  return texts;
}

/** The middle of a line: fonts reserve more height than their letters need, which may overlap. */
function inkOf({ x, y, width, height }: DOMRect): DOMRect {
  return new DOMRect(x, y + height * 0.2, width, height * 0.6);
}

function boxesAround(node: Text, root: Element): Element[] {
  const boxes: Element[] = [];
  for (let box = node.parentElement; box && box !== root; box = box.parentElement) {
    if (getComputedStyle(box).display !== 'inline') boxes.push(box);
  }
  return boxes;
}

/** Browsers round to fractions of a pixel. */
const TOLERANCE_PX = 1;

function contains(box: DOMRect, line: DOMRect): boolean {
  return (
    line.left >= box.left - TOLERANCE_PX &&
    line.right <= box.right + TOLERANCE_PX &&
    line.top >= box.top - TOLERANCE_PX &&
    line.bottom <= box.bottom + TOLERANCE_PX
  );
}

function overlap(one: DOMRect, other: DOMRect): boolean {
  return (
    Math.min(one.right, other.right) - Math.max(one.left, other.left) > TOLERANCE_PX &&
    Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > TOLERANCE_PX
  );
}

function nameOf(element: Element): string {
  return `<${element.localName} class="${element.className}">`;
}
