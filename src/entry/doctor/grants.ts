/** The grants: what the database says who may see and act, without a good signature. */
import type { Gateway } from '../../gateway.ts';
import { type Check, type Finding, failed, ok, type Patient } from './check.ts';

export const grantsCheck: Check<Patient> = {
  name: 'grants',
  quick: true,
  examine: async ({ gateway }) => {
    const unsound = await gateway.store.unsoundGrants();
    const state = stateOf(gateway);
    if (state !== undefined) return [state];
    if (unsound.length === 0)
      return [ok('every grant is signed, and made by an entry of the operator’s log')];
    return unsound.map(({ kind, subject, why }) =>
      failed(
        `${kind} ${subject} is ${why}: it counts as absent`,
        'find out who wrote to the database; make the grant anew, or look through it: amanat grants adopt',
      ),
    );
  },
};

function stateOf({ guard }: Gateway): Finding | undefined {
  switch (guard.state()) {
    case 'not-adopted':
      return failed('the grants are from before they were signed', 'look through them: amanat grants adopt');
    case 'log-broken':
      return failed(
        'the operator’s log is not what was recorded: nothing is granted',
        'restore the database from a backup, and find out who could write to it: amanat log shows where',
      );
    case 'ready':
      return undefined;
  }
}
