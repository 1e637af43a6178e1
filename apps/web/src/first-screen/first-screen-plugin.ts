import { fileURLToPath } from 'node:url';
import { buildInlineScript } from '@oneclick/sign-in/vite';
import { minify } from 'terser';
import terser from 'terser/package.json' with { type: 'json' };
import { type Plugin, type ResolvedConfig, type Rolldown, runnerImport } from 'vite';
import { firstScreenTemplates, type Preloads } from './first-screen-templates.ts';

const PLACE = '<!-- first screen -->';

/** An import in the forms that Vite gives it for its loader of chunks, which is not needed here: 0.1 KB less (brotli). */
const PRELOADED_IMPORT =
  /__vitePreload\((?:async \(\) => \{\s*const \{[^}]*\} = await (import\("[^"]*"\));\s*return \{[^}]*\};\s*\}|\(\) => (import\("[^,]*)), __VITE_PRELOAD__\)/g;

const UNDEFINED_GLOBALS = {
  __REACT_DEVTOOLS_GLOBAL_HOOK__: 'undefined',
  navigation: 'undefined',
  process: 'undefined',
  setImmediate: 'undefined',
};

const TERSER_OPTIONS = { module: true, compress: { passes: 2 } };

const inThisFolder = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/**
 * Puts the first screen into `index.html`: each screen and the texts of each language as templates, and the inline
 * script that chooses one. In the build also the stylesheet, so that the browser can paint after one response.
 */
export function firstScreenPlugin(): Plugin {
  let app: ResolvedConfig;
  let parts: ReturnType<typeof buildParts> | undefined;
  let css = '';
  return {
    name: 'web:first-screen',
    enforce: 'pre',
    // Without them, React leaves out what it does for its developer tools, for transitions through the Navigation API, and in
    // Node.js. This app uses none of it: 0.6 KB less (brotli).
    config: (_, { command }) => (command === 'build' ? { define: UNDEFINED_GLOBALS } : {}),
    configResolved: (config) => void (app = config),
    configureServer: ({ watcher }) => void watcher.on('change', () => (parts = undefined)),
    load: {
      filter: { id: /^\0vite\/preload-helper\.js$/ },
      // Vite's loader of chunks preloads what a chunk needs. Here all of that has been loaded before: 0.5 KB less.
      handler: () => 'export const __vitePreload = (load) => load();',
    },
    // Beside the build of the app, which needs them at its end.
    buildStart() {
      if (app.command === 'build') (parts ??= buildParts(app)).catch(() => undefined);
    },
    renderChunk: (code, { isEntry }) => (isEntry ? code.replaceAll(PRELOADED_IMPORT, '$1$2') : null),
    // Browsers keep a file of this name for a year. So another version of Terser changes the name.
    augmentChunkHash: (chunk) =>
      isInFirstLoad(chunk) ? terser.version + JSON.stringify(TERSER_OPTIONS) : undefined,
    async generateBundle(_, bundle) {
      css = takeStylesheets(bundle);
      // Terser gets only the scripts of the first load, because it is slow. It runs after Vite's minifier, which would undo a
      // part of its work.
      for (const file of Object.values(bundle))
        if (file.type === 'chunk' && isInFirstLoad(file)) file.code = await minifyOnceMore(file.code);
    },
    transformIndexHtml: {
      order: 'post',
      async handler(html, { bundle }) {
        if (!html.includes(PLACE)) return html;
        const { screens, script } = await (parts ??= buildParts(app));
        const templates = firstScreenTemplates(screens, bundle && preloadsIn(bundle));
        return (
          html
            // Comments and white space between tags.
            .replaceAll(bundle ? /<!-- (?!first screen).*?-->|(?<=>)\s+(?=<)/gs : '', '')
            .replace(PLACE, () => `${templates}<script>${script}</script>`)
            .replace('</head>', () => (bundle ? `<style>${css}</style></head>` : '</head>'))
        );
      },
    },
  };
}

async function buildParts(app: ResolvedConfig) {
  const [{ module }, script] = await Promise.all([
    runnerImport<typeof import('./first-screens.tsx')>(inThisFolder('first-screens.tsx'), {
      configFile: false,
      logLevel: 'warn',
    }),
    buildInlineScript(app, { entry: inThisFolder('choose-first-screen.ts') }),
  ]);
  return { screens: module.renderFirstScreens(), script };
}

/** The first script, and the one with React and the screens. */
const isInFirstLoad = ({ isEntry, name }: { isEntry: boolean; name: string }) =>
  isEntry || name === 'hydrate-app';

/** Terser puts constants and functions where they are used once, which Vite's minifier does not: 0.6 KB less (brotli). */
async function minifyOnceMore(script: string): Promise<string> {
  const { code = script } = await minify(script, TERSER_OPTIONS);
  return code;
}

/** A visitor loads the first script before these. */
function preloadsIn(bundle: Rolldown.OutputBundle): Preloads {
  const addressesOf = (...modules: string[]) => {
    const paths = modules.map(inThisFolder);
    return Object.values(bundle).flatMap((file) =>
      file.type === 'chunk' && paths.includes(file.facadeModuleId ?? '') ? `/${file.fileName}` : [],
    );
  };
  return {
    account: addressesOf('../hydrate-app.tsx', '../account/account.tsx'),
    language: (locale) =>
      addressesOf(...['', 'late-'].map((part) => `../texts/${part}${locale.toLowerCase()}.ts`)),
  };
}

/** Takes the stylesheets out of the build, before Vite links them and lets the other scripts load them. */
function takeStylesheets(bundle: Rolldown.OutputBundle): string {
  let css = '';
  for (const file of Object.values(bundle)) {
    if (file.type !== 'chunk') continue;
    for (const fileName of file.viteMetadata?.importedCss ?? []) {
      const stylesheet = bundle[fileName];
      if (stylesheet?.type === 'asset') css += String(stylesheet.source).replace(/\n\/\*.*/s, '');
      delete bundle[fileName];
    }
    file.viteMetadata?.importedCss.clear();
  }
  return css;
}
