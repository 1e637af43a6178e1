import { nameOf } from './rounds.ts';
import type { RecordedRequest } from './recorded-server.ts';
import type { Wait } from './visit.ts';

/** One page in the picture. */
interface Lane {
  title: string;
  wait: Wait;
}

interface Picture {
  /** What the picture shows, as a heading. */
  title: string;
  /** How it was measured. */
  subtitle: string;
  /** The moment at which the time begins: "the click". */
  since: string;
  lanes: Lane[];
  theme: Theme;
}

type Theme = 'light' | 'dark';

interface Colors {
  surface: string;
  text: string;
  muted: string;
  line: string;
  app: string;
  provider: string;
  onward: string;
}

const COLORS: Record<Theme, Colors> = {
  light: {
    surface: '#ffffff',
    text: '#191b2a',
    muted: '#585d74',
    line: '#dfe2ec',
    app: '#4f46e5',
    provider: '#d97706',
    onward: '#0f9a8a',
  },
  dark: {
    surface: '#0d1117',
    text: '#eceef6',
    muted: '#a3a9c0',
    line: '#2d3247',
    app: '#8b87ff',
    provider: '#f0a63a',
    onward: '#35c4b3',
  },
};

const WIDTH = 880;
const PADDING = 24;
const CHART = { left: 384, right: WIDTH - PADDING };
const ROW = 22;
const BAR = 12;
const HEADER = 104;
const LANE_HEADER = 44;
const AXIS = 44;

/** Draws the requests of several pages below each other on one axis of time, as a picture for a README. */
export function drawWaterfall({ title, subtitle, since, lanes, theme }: Picture): string {
  const colors = COLORS[theme];
  const drawn = lanes.map(({ title: name, wait }) => ({
    name,
    ms: roundToTens(wait.ms),
    rows: rowsOf(wait),
  }));
  const end = Math.ceil((Math.max(...drawn.map(({ ms }) => ms)) + 1) / 100) * 100;
  const x = (ms: number) => CHART.left + (Math.min(ms, end) / end) * (CHART.right - CHART.left);

  const parts: string[] = [];
  let y = HEADER;
  for (const { name, ms, rows } of drawn) {
    const bottom = y + LANE_HEADER + rows.length * ROW;
    const balance = `<tspan class="strong">${ms} ms</tspan> to the balance`;
    parts.push(
      text({ x: PADDING, y: y + 22, kind: 'lane' }, escape(name)),
      text({ x: PADDING, y: y + 38, kind: 'small' }, `${countOf(rows)}, ${balance}`),
      ...ticks(end).map((tick) => line({ x: x(tick), from: y + LANE_HEADER, to: bottom, kind: 'grid' })),
      line({ x: x(ms), from: y + 18, to: bottom, kind: 'balance' }),
      text({ x: x(ms) - 6, y: y + 28, kind: 'small end' }, 'balance on the screen'),
    );
    rows.forEach((row, index) => parts.push(...drawRow(row, y + LANE_HEADER + index * ROW, x)));
    y = bottom + 12;
  }
  parts.push(
    ...ticks(end).map((tick) => text({ x: x(tick), y: y + 10, kind: 'small middle' }, String(tick))),
    text({ x: CHART.left, y: y + 28, kind: 'small' }, `milliseconds after ${escape(since)}`),
  );

  const height = y + AXIS;
  const description = drawn.map(
    ({ name, ms, rows }) => `${name}: ${countOf(rows)}, ${ms} ms to the balance.`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title" aria-describedby="description">
<title id="title">${escape(title)}</title>
<desc id="description">${escape(`${subtitle} ${description.join(' ')}`)}</desc>
<style>
text { font: 13px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: ${colors.text}; }
.title { font-size: 18px; font-weight: 600; }
.lane { font-size: 15px; font-weight: 600; }
.request { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.small { font-size: 12px; fill: ${colors.muted}; }
.strong { font-weight: 600; fill: ${colors.text}; }
.middle { text-anchor: middle; }
.end { text-anchor: end; }
.grid { stroke: ${colors.line}; }
.balance { stroke: ${colors.text}; stroke-width: 1.5; }
.app { fill: ${colors.app}; }
.provider { fill: ${colors.provider}; }
.onward { fill: ${colors.onward}; }
</style>
<rect width="${WIDTH}" height="${height}" rx="12" fill="${colors.surface}"/>
${text({ x: PADDING, y: 36, kind: 'title' }, escape(title))}
${text({ x: PADDING, y: 58, kind: 'small' }, escape(subtitle))}
${drawLegend()}
${parts.join('\n')}
</svg>
`;
}

interface Row {
  label: string;
  kind: Kind;
  from: number;
  to: number;
}

type Kind = keyof typeof LEGEND;

const LEGEND = {
  app: 'browser to the app’s server',
  provider: 'browser to the provider',
  onward: 'the app’s server to the provider',
} as const;

function rowsOf({ startedAt, ms, requests }: Wait): Row[] {
  return requests
    .filter((request) => request.startedAt < startedAt + ms)
    .map((request) => ({
      label: nameOf(request),
      kind: kindOf(request),
      from: roundToTens(request.startedAt - startedAt),
      to: roundToTens((request.endedAt ?? NaN) - startedAt),
    }));
}

function kindOf({ from, to }: RecordedRequest): Kind {
  if (from === 'server') return 'onward';
  return to;
}

/** Two runs that differ by less than the machine's noise give the same picture. */
function roundToTens(ms: number): number {
  return Math.round(ms / 10) * 10;
}

function countOf(rows: Row[]): string {
  const count = rows.filter(({ kind }) => kind !== 'onward').length;
  return count === 1 ? '1 request' : `${count} requests`;
}

function ticks(end: number): number[] {
  const step = end > 800 ? 200 : 100;
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, index) => index * step);
}

function drawRow({ label, kind, from, to }: Row, y: number, x: (ms: number) => number): string[] {
  const indent = kind === 'onward' ? 14 : 0;
  const width = Math.max(x(to) - x(from), 3);
  return [
    text({ x: PADDING + indent, y: y + 15, kind: 'request' }, escape((indent > 0 ? '↳ ' : '') + label)),
    `<rect class="${kind}" x="${x(from).toFixed(1)}" y="${y + (ROW - BAR) / 2}" width="${width.toFixed(1)}" height="${BAR}" rx="3"/>`,
  ];
}

function drawLegend(): string {
  let x = PADDING;
  return Object.entries(LEGEND)
    .map(([kind, label]) => {
      const entry = `<rect class="${kind}" x="${x}" y="75" width="12" height="12" rx="3"/>\n${text({ x: x + 18, y: 85, kind: 'small' }, label)}`;
      x += 18 + label.length * 6.4 + 24;
      return entry;
    })
    .join('\n');
}

function text({ x, y, kind }: { x: number; y: number; kind: string }, content: string): string {
  return `<text class="${kind}" x="${x.toFixed(1)}" y="${y}">${content}</text>`;
}

function line({ x, from, to, kind }: { x: number; from: number; to: number; kind: string }): string {
  return `<line class="${kind}" x1="${x.toFixed(1)}" y1="${from}" x2="${x.toFixed(1)}" y2="${to}"/>`;
}

function escape(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
