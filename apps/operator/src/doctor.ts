import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { VARIABLES } from '@oneclick/api/config';
import { inWorkspace } from '@oneclick/stack/workspace';
import type { Settings } from './diagnosis/check-configuration.ts';
import { diagnoseConfiguration, diagnoseDeployment } from './diagnosis/diagnose.ts';
import type { Finding } from './diagnosis/finding.ts';
import { readEnvFile } from './env-file.ts';
import { OperatorError } from './operator-error.ts';
import { createPrompts, noPrompts } from './prompts.ts';

/* `pnpm run doctor`: says what is wrong with a configuration or a deployment, and how to mend it. */

const USAGE = `Usage: npx -y pnpm@12 run doctor [address of a deployed web app] [options]

  https://app.example.com   checks this app and its API from outside
  (without an address)      checks the API's configuration, and all servers that it names

  --env-file FILE     the configuration, default: apps/api/.env; variables of the environment override it
  --probe-provider    also asks you to sign in at AIHubMix, to see what it does with PKCE and refresh tokens
  --json              prints {"findings": [{"code", "problem", "remedy"}]}

Exit code: 0 no findings, 1 findings, 2 the command can't run.`;

function parseOptions() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        'env-file': { type: 'string' },
        'probe-provider': { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
  } catch {
    throw new OperatorError(USAGE);
  }
}

type Options = ReturnType<typeof parseOptions>;

function diagnose({ values, positionals: [address, ...others] }: Options): Promise<Finding[]> {
  const isProbing = values['probe-provider'] === true;
  if (address !== undefined) {
    const app = URL.parse(address);
    const isWebAddress = app !== null && /^https?:$/.test(app.protocol) && app.username === '';
    if (!isWebAddress || others.length > 0 || isProbing) throw new OperatorError(USAGE);
    return diagnoseDeployment(app);
  }
  const probe = {
    prompts: process.stdin.isTTY ? createPrompts({ output: process.stderr }) : noPrompts,
    show: (text: string) => console.error(text),
  };
  return diagnoseConfiguration(readSettings(values['env-file']), isProbing ? { probe } : {});
}

function readSettings(given: string | undefined): Settings {
  const path = given ?? inWorkspace('apps/api/.env');
  if (existsSync(path)) return { environment: process.env, file: { path, variables: readEnvFile(path) } };
  if (given === undefined && VARIABLES.some((name) => process.env[name])) return { environment: process.env };
  throw new OperatorError(`${path} does not exist. Name the configuration with --env-file.`);
}

function format(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'No faults found.';
  const count = `${findings.length} finding${findings.length === 1 ? '' : 's'}:`;
  const texts = findings.map(({ code, problem, remedy }) => `${code}\n  ${problem}\n  → ${remedy}`);
  return [count, ...texts].join('\n\n');
}

try {
  const options = parseOptions();
  if (options.values.help) console.log(USAGE);
  else {
    const findings = await diagnose(options);
    console.log(options.values.json ? JSON.stringify({ findings }, null, 2) : format(findings));
    process.exitCode = findings.length === 0 ? 0 : 1;
  }
} catch (error) {
  console.error(error instanceof OperatorError ? error.message : error);
  process.exitCode = 2;
}
