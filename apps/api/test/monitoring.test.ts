import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PATHS } from '@oneclick/shared/paths';
import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { useProvider } from './doubles/test-provider.ts';
import { signIn } from './support/sign-in.ts';
import { startApi } from './support/test-api.ts';

/* The alert rules and the dashboard in deploy/ use metrics that the API has, with their labels. */

const provider = useProvider();

const DEPLOY = join(import.meta.dirname, '../deploy');
const read = (name: string) => readFile(join(DEPLOY, name), 'utf8');

const AlertRules = v.object({
  groups: v.array(v.object({ rules: v.array(v.object({ alert: v.string(), expr: v.string() })) })),
});
const Dashboard = v.object({
  panels: v.array(v.object({ title: v.string(), targets: v.array(v.object({ expr: v.string() })) })),
  templating: v.object({ list: v.array(v.object({ query: v.string() })) }),
});

/** The values of each label, by metric. */
type Metrics = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;

/** Reads `/metrics` of an API that listens, uses Redis and has served a sign-in. */
async function readMetrics(): Promise<Metrics> {
  const { app, browser } = await startApi({ env: { REDIS_URL: 'redis://127.0.0.1:1' } });
  await app.listen({ host: '127.0.0.1', port: 0 });
  await signIn(browser, provider);
  await browser.post(PATHS.session);
  const { body } = await browser.send({ url: PATHS.metrics });

  const metrics = new Map([['up', new Map<string, Set<string>>()]]); // `up` is Prometheus's own.
  for (const [, name = '', labels = ''] of body.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)) {
    const valuesByLabel = metrics.get(name) ?? new Map<string, Set<string>>();
    for (const [, label = '', value = ''] of labels.matchAll(/(\w+)="([^"]*)"/g)) {
      valuesByLabel.set(label, (valuesByLabel.get(label) ?? new Set()).add(value));
    }
    metrics.set(name, valuesByLabel);
  }
  return metrics;
}

/** The labels that Prometheus adds to each metric. */
const TARGET_LABELS = ['job', 'instance'];

/** What is wrong with a PromQL query: its syntax, or a metric, a label or the value of a label that the API does not have. */
function findFaults(query: string, metrics: Metrics): string[] {
  const textOf = (node?: SyntaxNode | null) => (node ? query.slice(node.from, node.to) : '');
  const nodes: SyntaxNode[] = [];
  parser.parse(query).iterate({ enter: ({ node }) => void nodes.push(node) });
  const find = (name: string) => nodes.filter((node) => node.name === name);

  const names = find('Identifier').map(textOf);
  const labels = [...TARGET_LABELS, ...names.flatMap((name) => [...(metrics.get(name)?.keys() ?? [])])];
  const missingValues = find('UnquotedLabelMatcher').flatMap((matcher) => {
    const metric = textOf(matcher.parent?.parent?.getChild('Identifier'));
    const label = textOf(matcher.getChild('LabelName'));
    const values = metrics.get(metric)?.get(label);
    // A condition such as `outcome!~"2xx"` may name a value that no series has.
    const isNegative = matcher.getChild('MatchOp')?.firstChild?.name.startsWith('Neq');
    if (TARGET_LABELS.includes(label) || (values && isNegative)) return [];
    const wanted = textOf(matcher.getChild('StringLiteral')).slice(1, -1).split('|');
    return wanted.filter((value) => !values?.has(value)).map((value) => `${metric}{${label}="${value}"}`);
  });
  return [
    ...nodes.filter(({ type }) => type.isError).map(({ from }) => `the syntax at ${query.slice(from)}`),
    ...names.filter((name) => !metrics.has(name)),
    ...find('GroupingLabels').flatMap((list) =>
      list
        .getChildren('LabelName')
        .map(textOf)
        .filter((label) => !labels.includes(label)),
    ),
    ...missingValues,
  ];
}

test('every alert rule uses metrics, labels and error codes that the API has', async () => {
  const metrics = await readMetrics();
  const rules = v.parse(AlertRules, parse(await read('alerts.yaml'))).groups.flatMap((group) => group.rules);
  expect(rules.length).toBeGreaterThan(10);
  const faulty = rules.map(({ alert, expr }) => ({ alert, faults: findFaults(expr, metrics) }));
  expect(faulty.filter(({ faults }) => faults.length > 0)).toEqual([]);
});

test('every panel of the dashboard uses metrics, labels and error codes that the API has', async () => {
  const metrics = await readMetrics();
  const { panels, templating } = v.parse(Dashboard, JSON.parse(await read('dashboard.json')));
  const queries = [
    ...panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ title, expr }))),
    ...templating.list.flatMap(({ query }) => {
      const expr = /^label_values\((.*), \w+\)$/.exec(query)?.[1];
      return expr ? { title: query, expr } : [];
    }),
  ];
  expect(queries.length).toBeGreaterThan(20);
  const faulty = queries.map(({ title, expr }) => {
    // Grafana puts durations in the place of these variables.
    const query = expr.replaceAll(/\$__\w+/g, '5m');
    return { title, faults: findFaults(query, metrics) };
  });
  expect(faulty.filter(({ faults }) => faults.length > 0)).toEqual([]);
});

test('a query with another metric, label or value, or with broken syntax is faulty', async () => {
  const metrics = await readMetrics();
  const faultsOf = (query: string) => findFaults(query, metrics);
  expect(faultsOf('rate(errors_total{code="no_session"}[5m])')).toEqual([]);
  expect(faultsOf('rate(error_total[5m])')).toEqual(['error_total']);
  expect(faultsOf('sum by (flow) (errors_total)')).toEqual(['flow']);
  expect(faultsOf('errors_total{outcome!="2xx"}')).toEqual(['errors_total{outcome="2xx"}']);
  expect(faultsOf('errors_total{code=~"no_session|no_code"}')).toEqual(['errors_total{code="no_code"}']);
  expect(faultsOf('sum(errors_total')).not.toEqual([]);
});

const isPromtoolInstalled = spawnSync('promtool', ['--version']).status === 0;

test.skipIf(!isPromtoolInstalled)(
  'each alert fires when it should, and not before (needs promtool of Debian’s prometheus)',
  () => {
    const { stdout, stderr } = spawnSync('promtool', ['test', 'rules', 'alerts.test.yaml'], {
      cwd: DEPLOY,
      encoding: 'utf8',
    });
    expect(stdout + stderr).toContain('SUCCESS');
  },
);
