/**
 * To whom an endpoint belongs: not to an officer's id, but to the person whom the designation in force names by it. A
 * link, an account and a session are the endpoint's, and are judged by the same rule.
 */
import type { Endpoint } from './channel.ts';
import { type Designation, findOfficer, isInForceAt, type Officer } from './designation.ts';

type Owned = Pick<Endpoint, 'officer' | 'knownAs'>;

/** Two spellings of the same characters are one name (Unicode NFC). */
export const isSameName = (one: string, other: string): boolean =>
  one.normalize('NFC') === other.normalize('NFC');

/**
 * The officer of an endpoint, where the designation names that id and means the person who was linked.
 * @returns undefined where the officer is out, another person has the id now, or the endpoint is a system's
 */
export function officerOfEndpoint(focalPoint: Designation, { officer, knownAs }: Owned): Officer | undefined {
  const named = officer === undefined ? undefined : findOfficer(focalPoint, officer);
  if (named === undefined || knownAs === undefined) return named;
  return knownAs.some((name) => isSameName(name, named.name)) ? named : undefined;
}

/** Whether anything may go to an endpoint, as far as its officer is concerned. A system's endpoint is nobody's. */
export const isOfficerInPlace = (focalPoint: Designation, endpoint: Owned, at: Date): boolean =>
  endpoint.officer === undefined ||
  (isInForceAt(focalPoint, at) && officerOfEndpoint(focalPoint, endpoint) !== undefined);

/** An officer's id that is given another name, which may be another person or only another spelling. */
export interface RenamedOfficer {
  readonly id: string;
  readonly before: string;
  readonly after: string;
}

/** The ids that both designations name, each with another name. */
export const findRenamedOfficers = (before: Designation, after: Designation): readonly RenamedOfficer[] =>
  after.officers.flatMap(({ id, name }) => {
    const old = findOfficer(before, id);
    return old === undefined || isSameName(old.name, name) ? [] : [{ id, before: old.name, after: name }];
  });
