/** Exit codes follow from the one error table, and every code of it has a meaning. */
import { expect, test } from 'vitest';
import { readOfficer } from '../../src/cli/focal-point-flags.ts';
import { PROBLEMS, type ProblemCode, Refusal } from '../../src/domain/words/error.ts';
import { EXIT, exitOfProblem, helpOfExits } from '../../src/entry/exit.ts';
import { describeFailure } from '../../src/entry/failure.ts';

test('a refusal of the caller, of the configuration, of the moment, and a fault are distinguished', () => {
  const codes = Object.keys(PROBLEMS) as ProblemCode[];
  for (const code of codes) {
    const { status } = PROBLEMS[code];
    const exit = exitOfProblem(code);
    // A caller that is too fast tries again later, as with a gateway that does not answer.
    expect(exit === 'refused', code).toBe(status >= 400 && status < 500 && status !== 429);
    expect(exit, code).not.toBe('ok');
  }
  expect(exitOfProblem('not-covered')).toBe('refused');
  expect(exitOfProblem('configuration')).toBe('configuration');
  expect(exitOfProblem('channel-secret-missing')).toBe('configuration');
  expect(exitOfProblem('not-ready')).toBe('unreachable');
  expect(exitOfProblem('fault')).toBe('fault');
  for (const { code } of Object.values(EXIT)) expect(helpOfExits()).toMatch(new RegExp(`^ {2}${code} `, 'm'));
  expect(new Set(Object.values(EXIT).map((one) => one.code)).size).toBe(Object.keys(EXIT).length);
});

test('a foreign error gives its name and code, and nothing of its text', () => {
  const foreign = Object.assign(new TypeError('value "Invented Person" is bad'), { code: '22P02' });
  expect(JSON.stringify(describeFailure(foreign))).not.toContain('Invented');
  expect(describeFailure(foreign)).toMatchObject({ exit: 'fault', code: 'fault' });
  expect(describeFailure(Object.assign(new Error('x'), { code: 'ECONNREFUSED' })).exit).toBe('unreachable');
  expect(describeFailure(Object.assign(new Error('x'), { code: '3D000' })).exit).toBe('configuration');
  expect(describeFailure(new Refusal('not-covered', 'no agreement'))).toMatchObject({
    exit: 'refused',
    code: 'not-covered',
    help: PROBLEMS['not-covered'].help,
  });
});

test('an officer’s name may contain commas; missing or wrong parts are named', () => {
  expect(readOfficer('id=o1,name=Sari Invented, S.H., M.H.,role=officer,lang=id')).toEqual({
    id: 'o1',
    name: 'Sari Invented, S.H., M.H.',
    role: 'officer',
    lang: 'id',
  });
  expect(() => readOfficer('id=o1,name=Sari,lang=id')).toThrow(/role missing/);
  expect(() => readOfficer('id=o1,id=o2,name=Sari,role=officer,lang=id')).toThrow(/twice/);
  expect(() => readOfficer('id=O 1,name=Sari,role=officer,lang=id')).toThrow(/^id must be/);
});

test('a disk, a file or a server that does not work is named with what to do, and is not reported as an internal fault', () => {
  const of = (code: string, more: object = {}) =>
    describeFailure(Object.assign(new Error('x'), { code }, more));
  for (const code of ['ENOSPC', 'EDQUOT', 'EMFILE', '53100', '53300', '25006'])
    expect(of(code), code).toMatchObject({ exit: 'unreachable', code: 'unreachable' });
  for (const code of ['EROFS', 'EPERM', 'EACCES', '28000', '28P01', '42501'])
    expect(of(code), code).toMatchObject({ exit: 'configuration', code: 'configuration' });
  expect(of('53300').detail).toContain('no free connection');
  const server = (text: string) =>
    describeFailure(new Error(`PostgreSQL ended before it was ready: FATAL: ${text}`));
  expect(server('could not write lock file: No space left on device').detail).toBe('the disk is full');
  expect(server('could not create lock file: Read-only file system').detail).toContain('read-only');
  // A socket that is not there is a database that is down; a file that is not there is something else.
  expect(of('ENOENT', { syscall: 'connect' }).exit).toBe('unreachable');
  expect(of('ENOENT', { syscall: 'open' }).exit).toBe('fault');
});
