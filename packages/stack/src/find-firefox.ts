import { environment as ownEnvironment, type Environment } from './environment.ts';
import { isExecutable, programsOnPath } from './programs-on-path.ts';

const USUAL_PLACES: Partial<Record<NodeJS.Platform, string[]>> = {
  darwin: ['/Applications/Firefox.app/Contents/MacOS/firefox'],
  win32: ['C:\\Program Files\\Mozilla Firefox\\firefox.exe'],
};

/** The path of an installed Firefox. Undefined if there is none: nothing is downloaded for it. */
export function findFirefox({
  environment = ownEnvironment,
  platform = process.platform,
}: { environment?: Environment; platform?: NodeJS.Platform } = {}): string | undefined {
  const [onPath] = programsOnPath(['firefox', 'firefox-esr'], { environment, platform });
  return onPath ?? USUAL_PLACES[platform]?.find(isExecutable);
}
