/**
 * Checks manifests and their acceptance against the persons of the thread. Only a gateway that opens content can
 * use them.
 */
import { Refusal } from '../words/error.ts';

type Body = Readonly<Record<string, unknown>>;

/** The refs of the persons a body names, in its order. */
export function personRefsOf(body: Body): readonly string[] {
  const { persons } = body;
  if (!Array.isArray(persons)) return [];
  return persons.flatMap((one: unknown) => {
    const ref: unknown = typeof one === 'object' && one !== null ? (one as Body)['ref'] : undefined;
    return typeof ref === 'string' ? [ref] : [];
  });
}

/** The refs on a manifest that no body of the thread names; `bodies` without the manifest itself. */
export function findUnknownPersons(bodies: readonly Body[], manifest: Body): readonly string[] {
  const known = new Set(bodies.flatMap(personRefsOf));
  return personRefsOf(manifest).filter((ref) => !known.has(ref));
}

/**
 * Checks a handover against the thread.
 * @throws Refusal `unknown-person`, with the number of unknown persons and never their refs
 */
export function checkManifest(bodies: readonly Body[], manifest: Body): void {
  const { length } = findUnknownPersons(bodies, manifest);
  if (length > 0)
    throw new Refusal(
      'unknown-person',
      `the manifest names ${length} person(s) that the thread does not know`,
    );
}

/**
 * Checks that an acceptance answers for every person of the manifest, and for nobody else.
 * @throws Refusal `unknown-person`, `invalid-body`
 */
export function checkAcceptedPersons(manifest: Body, acceptance: Body): void {
  if (acceptance['whole'] === true) return;
  checkManifest([manifest], acceptance);
  const left = findUnknownPersons([acceptance], manifest).length;
  if (left > 0)
    throw new Refusal(
      'invalid-body',
      `/body/persons: leaves ${left} person(s) of the manifest without an answer`,
    );
}
