/** Complaints: invalid evidence that another gateway signed, kept apart from every case. */
import type { Sql } from 'postgres';
import type { Complaint, MessageStore } from './contracts/messages.ts';
import { insertEvidence } from './inserting.ts';
import { recordOfEvidence } from './message-records.ts';

export const createComplaintStore = (
  sql: Sql,
): Pick<MessageStore, 'complaintAbout' | 'keepComplaint' | 'complaints'> => ({
  async complaintAbout(gateway, digest) {
    const [found] = await sql<{ jws: string }[]>`
      select e.jws from complaint c join evidence e on e.id = c.evidence
      where c.gateway = ${gateway} and c.digest = ${digest}`;
    return found?.jws;
  },

  keepComplaint: ({ gateway, digest, code, jws, at }, evidence) =>
    sql.begin(async (tx) => {
      await insertEvidence(tx, [recordOfEvidence(evidence)]);
      await tx`
        insert into complaint (gateway, digest, evidence, code, jws, at)
        values (${gateway}, ${digest}, ${evidence.id}, ${code}, ${jws}, ${at})
        on conflict do nothing`;
    }),

  async complaints(limit) {
    const found = await sql<(Complaint & { evidence: string })[]>`
      select gateway, digest, evidence, code, jws, at from complaint order by at desc, digest limit ${limit}`;
    return found.map((row) => ({ ...row }));
  },
});
