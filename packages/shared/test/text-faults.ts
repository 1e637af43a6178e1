/* For the tests of each package that has texts. */

/**
 * Finds the faults in the texts of a page: a language lacks a text or has one more than the first language, or a text is
 * empty, a copy of the first language's, or does not show one of its parameters.
 *
 * @param languages the texts of each language, by its name. A text with parameters is a function
 * @returns one line for each fault
 */
export function textFaults(languages: Readonly<Record<string, object>>): string[] {
  const [first = {}, ...others] = Object.values(languages).map((texts) => textsByPath(texts));
  const names = Object.keys(languages);
  return [first, ...others].flatMap((texts, index) => {
    const name = names[index] ?? '';
    const missing = Object.keys(first).filter((path) => !(path in texts));
    const present = Object.entries(texts).flatMap(([path, text]) => {
      const example = first[path];
      if (!example) return `${name}: ${path} is unknown`;
      if (text.shown.trim() === '') return `${name}: ${path} is empty`;
      if (texts !== first && text.shown === example.shown) return `${name}: ${path} is a copy`;
      const hidden = example.parameters.filter((parameter) => !text.shown.includes(placeholder(parameter)));
      return hidden.map((parameter) => `${name}: ${path} does not show ${parameter || 'its parameter'}`);
    });
    return [...missing.map((path) => `${name}: ${path} is missing`), ...present];
  });
}

/** The texts of a language by their paths, for example `account.title`. */
function textsByPath(texts: object, parent = ''): Record<string, ShownText> {
  return Object.assign(
    {},
    ...Object.entries(texts).map(([key, value]: [string, unknown]) =>
      typeof value === 'object' && value !== null
        ? textsByPath(value, `${parent}${key}.`)
        : { [parent + key]: showText(value) },
    ),
  );
}

interface ShownText {
  /** With a placeholder for each parameter. */
  shown: string;
  /** The names of the parameters. A parameter without a name is an empty string. */
  parameters: string[];
}

const placeholder = (parameter: string) => `«${parameter}»`;

/** Calls a text with a parameter that stands for a string, a number, or an object with any properties. */
function showText(text: unknown): ShownText {
  if (typeof text !== 'function') return { shown: String(text), parameters: [] };
  const parameters = new Set<string>();
  const read = (name: string) => {
    parameters.add(name);
    return placeholder(name);
  };
  const anything = new Proxy(
    {},
    {
      get: (_, property) =>
        property === Symbol.toPrimitive
          ? (hint: string) => (hint === 'number' ? 2 : read(''))
          : typeof property === 'string'
            ? read(property)
            : undefined,
    },
  );
  return { shown: String(text(anything)), parameters: [...parameters] };
}

/** The paths of the texts of a language that the source of a page does not contain. */
export function deadTexts(texts: object, source: string): string[] {
  return Object.keys(textsByPath(texts)).filter(
    (path) => !new RegExp(String.raw`\b${path.replaceAll('.', String.raw`\.`)}\b`).test(source),
  );
}
