import { answerNever, answerStatus, breakConnection } from '../../support/http-peer.ts';
import { CONTENT_ONLY, makeEvidenceParcel, makeMessageParcel } from '../../support/parcels.ts';
import { adapterConformance, UNHURRIED } from '../conformance.ts';
import { MESSAGES, SUBMISSION, signedRequest, webhookRig } from './rig.ts';

const ANSWERS = {
  accept: answerStatus(204),
  defer: answerStatus(503),
  reject: answerStatus(410),
  hang: answerNever,
  break: breakConnection,
};

adapterConformance('webhook', 'takes arrivals', async () => {
  const { adapter, peer, close } = await webhookRig({ timeoutSeconds: UNHURRIED });
  const taken: number[] = [];
  const endpoint = { channel: 'webhook', address: `${peer.url}/hook` } as const;
  const genuine = await signedRequest(JSON.stringify(SUBMISSION));
  return {
    adapter,
    message: () => makeMessageParcel({ endpoint }),
    evidence: () => makeEvidenceParcel({ endpoint }),
    peer: (mode) =>
      peer.answer((response, call) => {
        if (mode === 'accept') taken.push(call.body.length);
        ANSWERS[mode](response, call);
      }),
    taken: () => taken.length,
    genuine: () => genuine.clone(),
    forged: () => {
      const headers = {
        ...Object.fromEntries(genuine.headers),
        'webhook-signature': `v1,${btoa('x'.repeat(32))}`,
      };
      return new Request(MESSAGES, { method: 'POST', headers, body: JSON.stringify(SUBMISSION) });
    },
    oversized: () => {
      const body = new Uint8Array(16 * 1024 * 1024);
      return new Request(MESSAGES, { method: 'POST', headers: genuine.headers, body });
    },
    forbidden: CONTENT_ONLY,
    close,
  };
});
