/** The e-mail adapter keeps the contract that every adapter keeps. */
import type { MailFaults } from '../../support/outside/mail-server.ts';
import { CONTENT_ONLY, makeEvidenceParcel, makeMessageParcel } from '../../support/parcels.ts';
import { type AdapterRig, adapterConformance, type PeerMode, UNHURRIED } from '../conformance.ts';
import { ATTACHE, mailbox, startRig } from './rig.ts';

const FAULTS: Readonly<Record<PeerMode, MailFaults | undefined>> = {
  accept: undefined,
  defer: (stage) => (stage === 'RCPT' ? { code: 451, text: '4.7.1 Come back later' } : undefined),
  reject: (stage) => (stage === 'RCPT' ? { code: 550, text: `5.7.1 ${ATTACHE} refused` } : undefined),
  hang: (stage) => (stage === 'DATA' ? 'hang' : undefined),
  break: (stage) => (stage === 'DATA' ? 'close' : undefined),
};

adapterConformance('e-mail', 'takes nothing in', async (): Promise<AdapterRig> => {
  const { server, adapter, known, close } = await startRig({ timeoutSeconds: UNHURRIED });
  const endpoint = mailbox(known.rsa);
  const address = 'http://127.0.0.1/email';
  return {
    adapter,
    message: () => makeMessageParcel({ endpoint }),
    evidence: () => makeEvidenceParcel({ endpoint }),
    peer: (mode) => server.setFault(FAULTS[mode]),
    taken: () => server.received.length,
    genuine: () => new Request(address, { method: 'POST', body: `From: ${ATTACHE}\r\n\r\nTaken over.` }),
    forged: () => new Request(address, { method: 'POST', body: 'From: nobody@nowhere.example' }),
    oversized: () => new Request(address, { method: 'POST', body: 'x'.repeat(1_000_000) }),
    forbidden: [...CONTENT_ONLY, ATTACHE],
    close,
  };
});
