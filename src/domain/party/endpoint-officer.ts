/**
 * The owner of an endpoint is a person, not an officer's id: the person whom the designation in force names by that
 * id. The same rule holds for the links, accounts and sessions of the endpoint.
 */
import type { Endpoint } from './channel.ts';
import { type Designation, findOfficer, isInForceAt, type Officer } from './designation.ts';

type Owned = Pick<Endpoint, 'officer' | 'knownAs'>;

/** Whether two names have the same characters, however they are encoded (Unicode NFC). */
export const isSameName = (one: string, other: string): boolean =>
  one.normalize('NFC') === other.normalize('NFC');

/**
 * Finds the officer of an endpoint, if the designation names that id and means the person who was linked.
 * @returns undefined if the officer is not in the designation, if another person has the id now, or if the endpoint
 * is a system's
 */
export function officerOfEndpoint(focalPoint: Designation, { officer, knownAs }: Owned): Officer | undefined {
  const named = officer === undefined ? undefined : findOfficer(focalPoint, officer);
  if (named === undefined || knownAs === undefined) return named;
  return knownAs.some((name) => isSameName(name, named.name)) ? named : undefined;
}

/** Whether the officer of an endpoint may still get messages there. Always true for a system's endpoint. */
export const isOfficerInPlace = (focalPoint: Designation, endpoint: Owned, at: Date): boolean =>
  endpoint.officer === undefined ||
  (isInForceAt(focalPoint, at) && officerOfEndpoint(focalPoint, endpoint) !== undefined);

/** An officer's id with a new name: another person, or only another spelling. */
export interface RenamedOfficer {
  readonly id: string;
  readonly before: string;
  readonly after: string;
}

/** Finds the ids that both designations name with different names. */
export const findRenamedOfficers = (before: Designation, after: Designation): readonly RenamedOfficer[] =>
  after.officers.flatMap(({ id, name }) => {
    const old = findOfficer(before, id);
    return old === undefined || isSameName(old.name, name) ? [] : [{ id, before: old.name, after: name }];
  });
