import { type DefaultTreeAdapterTypes, defaultTreeAdapter, parse } from 'parse5';

/** The parts of an HTML page on which the sign-in depends. */
export interface Page {
  /** The content of `<meta name="api-origin">`, which each page but the opening page has. */
  apiOrigin: string | undefined;
  /** The content of `<meta name="oneclick-page">`. */
  mark: string | undefined;
  inlineScripts: number;
  /** The addresses of scripts and stylesheets, as written. */
  files: string[];
}

type Element = DefaultTreeAdapterTypes.Element;

export function readPage(html: string): Page {
  const elements: Element[] = [];
  const visit = (node: DefaultTreeAdapterTypes.Node) => {
    if (defaultTreeAdapter.isElementNode(node)) elements.push(node);
    if ('childNodes' in node) node.childNodes.forEach(visit);
  };
  visit(parse(html));
  const metaOf = (name: string) =>
    elements.flatMap((each) =>
      attribute(each, 'name') === name ? (attribute(each, 'content') ?? []) : [],
    )[0];
  const scripts = elements.filter(({ tagName }) => tagName === 'script');
  const stylesheets = elements.filter((each) => attribute(each, 'rel') === 'stylesheet');
  return {
    apiOrigin: metaOf('api-origin'),
    mark: metaOf('oneclick-page'),
    inlineScripts: scripts.filter((each) => attribute(each, 'src') === undefined).length,
    files: [
      ...scripts.flatMap((each) => attribute(each, 'src') ?? []),
      ...stylesheets.flatMap((each) => attribute(each, 'href') ?? []),
    ],
  };
}

function attribute({ attrs }: Element, name: string): string | undefined {
  return attrs.find((each) => each.name === name)?.value;
}
