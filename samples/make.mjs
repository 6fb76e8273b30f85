// Makes features.ndjson.gz and browsers.ndjson.gz, beside this script, from an unpacked copy of the npm package
// @mdn/browser-compat-data:   node make.mjs FOLDER_OF_THE_PACKAGE
// Same package and same gzip, same bytes. Needs Node.js 18 or later and gzip. What is made, and why, is in README.md.

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder] = process.argv.slice(2);
if (!folder) {
  console.error('usage: node make.mjs FOLDER_OF_THE_PACKAGE');
  process.exit(2);
}
const read = (file) => JSON.parse(readFileSync(join(folder, file), 'utf8'));
const { name, version, license } = read('package.json');
if (name !== '@mdn/browser-compat-data' || license !== 'CC0-1.0') {
  throw new Error(`expected @mdn/browser-compat-data under CC0-1.0, found ${name} under ${license}`);
}
const data = read('data.json');

// Which features: how many names an id may have in each tree. Ancestors come with their descendants.
const DEPTH = { api: 2, css: 3, html: Infinity, http: Infinity, javascript: Infinity };
const RELEASED = new Set(['retired', 'current', 'esr']);

/** The version in which a browser first had the feature plainly: released, not removed, behind no flag, under its own
 *  name, not in part. Undefined if there is none. Of several statements the first counts, as the source orders them. */
function plainVersion(browser, support) {
  for (const s of [support].flat()) {
    if (typeof s.version_added !== 'string' || s.version_removed || s.flags || s.prefix || s.alternative_name) continue;
    if (s.partial_implementation) continue;
    const release = data.browsers[browser].releases[s.version_added.replace('≤', '')];
    if (release && RELEASED.has(release.status)) return s.version_added;
  }
  return undefined;
}

/** The earliest dated release known to have the feature; the browser's id breaks ties. */
function debut(since) {
  let best;
  for (const browser of Object.keys(since).sort()) {
    const version = since[browser].replace('≤', '');
    const date = data.browsers[browser].releases[version].release_date;
    if (date && (!best || date < best.date)) best = { browser, version, date, year: Number(date.slice(0, 4)) };
  }
  return best;
}

function feature(path, parent, compat) {
  const since = {};
  for (const [browser, support] of Object.entries(compat.support)) {
    const plain = plainVersion(browser, support);
    if (plain) since[browser] = plain;
  }
  const { description, mdn_url, spec_url, tags, status, support } = compat;
  // JSON.stringify leaves out what is undefined, so a field that the source lacks is missing here too.
  return {
    _id: path.join('.'),
    area: path[0],
    name: path.at(-1),
    parent,
    description,
    mdn_url,
    spec_url,
    tags,
    status,
    browser_count: Object.keys(since).length,
    debut: debut(since),
    since,
    support,
  };
}

const features = [];
function walk(node, path, parent) {
  if (path.length > DEPTH[path[0]]) return;
  let nearest = parent;
  if (node.__compat) {
    nearest = path.join('.');
    features.push(feature(path, parent, node.__compat));
  }
  for (const [key, child] of Object.entries(node)) {
    if (!key.startsWith('__')) walk(child, [...path, key], nearest);
  }
}
for (const area of Object.keys(DEPTH)) walk(data[area], [area], undefined);

const browsers = Object.entries(data.browsers).map(([_id, { name, type, upstream, releases, ...rest }]) => {
  const list = Object.entries(releases)
    .sort(([, a], [, b]) => a.index - b.index)
    .map(([version, { index, release_date: date, ...more }]) => ({ version, date, ...more }));
  const engine = list.find((r) => r.status === 'current')?.engine;
  return { _id, name, type, upstream, engine, ...rest, releases: list };
});

function write(file, documents) {
  documents.sort((a, b) => Buffer.compare(Buffer.from(a._id), Buffer.from(b._id)));
  const text = documents.map((d) => `${JSON.stringify(d)}\n`).join('');
  const gzip = spawnSync('gzip', ['-9', '-n'], { input: text, maxBuffer: 1 << 30 });
  if (gzip.error || gzip.status !== 0) throw gzip.error ?? new Error(`gzip: ${gzip.stderr}`);
  writeFileSync(new URL(file, import.meta.url), gzip.stdout);
  console.log(`${file}: ${documents.length} documents, ${text.length} characters, ${gzip.stdout.length} bytes packed`);
}
console.log(`from ${name} ${version}`);
write('features.ndjson.gz', features);
write('browsers.ndjson.gz', browsers);
