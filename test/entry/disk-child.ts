/** Runs where a disk of its own is mounted: what the doctor, and the watch over the parts, say of a home folder on it. */
import { readdirSync } from 'node:fs';
import { filesCheck } from '../../src/entry/doctor/files.ts';
import { listLooks } from '../../src/entry/server/part-watch.ts';

const home = { path: process.argv[2] ?? '', values: { AMANAT_URL: 'http://127.0.0.1:1' } };
const looks = listLooks(home, { url: 'http://127.0.0.1:1', adapters: new Map() });
const disk = await looks.find(({ part }) => part === 'disk')?.look();
const findings = await filesCheck.examine(home);
process.stdout.write(`${JSON.stringify({ disk: disk ?? null, findings, left: readdirSync(home.path) })}\n`);
