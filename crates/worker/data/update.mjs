// Refreshes the data in this folder from the package registries that npm and apt are set up for:
//
//     node crates/worker/data/update.mjs
//
// What each file is, and under which licence, is in README.md beside this script, whose table of versions it writes
// anew. Lists whose package cannot be fetched stay as they are.

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'millrace-data-'));
const versions = [];

try {
    userAgents();
    crawlers();
    isbot();
    countries();
    debian('matomo-searchengine-and-social-list', ['SearchEngines.yml', 'Socials.yml']);
    debian('matomo-referrer-spam-list', ['spammers.txt']);
    note();
} finally {
    rmSync(work, { recursive: true });
}

/// The folder of an unpacked npm package.
function npm(name) {
    const file = execFileSync('npm', ['pack', '--silent', name], { cwd: work, encoding: 'utf8' }).trim();
    const dir = join(work, file.replace(/\.tgz$/, ''));
    execFileSync('mkdir', [dir]);
    execFileSync('tar', ['xzf', join(work, file), '-C', dir]);
    const { version } = JSON.parse(readFileSync(join(dir, 'package/package.json'), 'utf8'));
    versions.push([name, `npm ${version}`]);
    return join(dir, 'package');
}

function userAgents() {
    const from = npm('uap-core');
    copyFileSync(join(from, 'regexes.yaml'), join(here, 'uap-core/regexes.yaml'));
    copyFileSync(join(from, 'LICENSE'), join(here, 'uap-core/LICENSE'));
}

/// One pattern a line; and of each a user agent, which the tests hold the list against.
function crawlers() {
    const from = npm('crawler-user-agents');
    const list = JSON.parse(readFileSync(join(from, 'crawler-user-agents.json'), 'utf8'));
    const patterns = list.map((crawler) => crawler.pattern);
    writeFileSync(join(here, 'crawler-user-agents/patterns.txt'), patterns.join('\n') + '\n');
    const instances = list.flatMap((crawler) => (crawler.instances ?? []).slice(0, 1));
    const lines = instances.filter((text) => !text.includes('\n')).join('\n') + '\n';
    writeFileSync(join(here, '../tests/data/crawlers.txt'), lines);
    copyFileSync(join(from, 'LICENSE'), join(here, 'crawler-user-agents/LICENSE'));
}

/// Left out is what says nothing but that a user agent is no browser's, since programs and apps send events too:
/// patterns of shape alone, and everyday words that a name may begin with. Patterns with lookarounds are words of
/// `src/steps/robots/words.rs`.
function isbot() {
    const from = npm('isbot');
    const text = readFileSync(join(from, 'index.mjs'), 'utf8');
    const literal = text.slice(text.indexOf('['), text.indexOf('];') + 1);
    const shape = (pattern) =>
        /^(\^?\[|\^?\\[wd]|\\\(\\\)|\\\||;|@|\\b\\w\+|\^\[|\^mozilla)/.test(pattern) ||
        /^\^(active|client\/|custom|email|offline|rank|read|reed|rest|track)$/.test(pattern);
    const words = JSON.parse(literal).filter((pattern) => !/\(\?<?!/.test(pattern) && !shape(pattern));
    writeFileSync(join(here, 'isbot/patterns.txt'), words.join('\n') + '\n');
    copyFileSync(join(from, 'LICENSE'), join(here, 'isbot/LICENSE'));
}

/// Where the country changes, first IPv4, then the upper halves of IPv6 addresses; the format is in README.md.
function countries() {
    const from = npm('@ip-location-db/geo-whois-asn-country');
    const read = (name) => readFileSync(join(from, name), 'utf8').trim().split('\n').map((line) => line.split(','));
    const v4 = bounds(read('geo-whois-asn-country-ipv4-num.csv'), 0n);
    const v6 = bounds(read('geo-whois-asn-country-ipv6-num.csv'), 64n);
    const codes = [...new Set([...v4, ...v6].map(([, code]) => code))].sort();
    const bytes = [];
    const varint = (number) => {
        for (; number >= 128n; number >>= 7n) bytes.push(Number(number & 127n) | 128);
        bytes.push(Number(number));
    };
    varint(BigInt(codes.length));
    for (const code of codes) bytes.push(...Buffer.from(code || '--'));
    for (const table of [v4, v6]) {
        varint(BigInt(table.length));
        let before = 0n;
        for (const [start] of table) {
            varint(start - before);
            before = start;
        }
        for (const [, code] of table) bytes.push(codes.indexOf(code));
    }
    writeFileSync(join(here, 'countries/countries.bin.z'), deflateSync(Buffer.from(bytes), { level: 9 }));
    copyFileSync(join(from, 'NRO_LICENSE'), join(here, 'countries/LICENSE'));
}

/// Ranges as the points where the answer changes; '' stands for nowhere. Of ranges within another the inner one counts.
function bounds(rows, shift) {
    const ranges = rows
        .map(([first, last, code]) => [BigInt(first) >> shift, (BigInt(last) + 1n) >> shift, code])
        .filter(([start, end]) => start < end)
        .sort((a, b) => (a[0] !== b[0] ? (a[0] < b[0] ? -1 : 1) : a[1] > b[1] ? -1 : 1));
    const points = [[0n, '']];
    const put = (at, code) => {
        while (points.length && points[points.length - 1][0] >= at) points.pop();
        if (!points.length || points[points.length - 1][1] !== code) points.push([at, code]);
    };
    const open = [];
    const close = (until) => {
        while (open.length && (until === null || open[open.length - 1][0] <= until)) {
            const [end] = open.pop();
            while (open.length && open[open.length - 1][0] <= end) open.pop();
            put(end, open.length ? open[open.length - 1][1] : '');
        }
    };
    for (const [start, end, code] of ranges) {
        close(start);
        put(start, code);
        open.push([end, code]);
    }
    close(null);
    return points;
}

function debian(name, files) {
    try {
        execFileSync('apt-get', ['download', name], { cwd: work, stdio: 'ignore' });
    } catch {
        console.error(`${name}: not among this machine's packages (Debian 13 and later have it); left as it is`);
        return;
    }
    const file = readdirSync(work).find((entry) => entry.startsWith(`${name}_`));
    const dir = join(work, name);
    execFileSync('dpkg-deb', ['-x', join(work, file), dir]);
    const data = join(dir, 'usr/share/php/matomo', name.replace('matomo-', ''));
    for (const entry of files) copyFileSync(join(data, entry), join(here, 'matomo', entry));
    versions.push([name, `Debian ${decodeURIComponent(file.split('_')[1])}`]);
}

/// Writes the versions into the table of README.md.
function note() {
    const path = join(here, 'README.md');
    let text = readFileSync(path, 'utf8');
    for (const [name, version] of versions) {
        const row = new RegExp(`(\\| \`${name.replace('/', '\\/')}\` \\| )[^|]*( \\|)`);
        if (!row.test(text)) throw new Error(`README.md has no row for ${name}`);
        text = text.replace(row, `$1${version}$2`);
    }
    writeFileSync(path, text);
}
