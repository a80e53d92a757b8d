/** Certificate chains. Sections are named as in NIST's PKITS; RSA and elliptic curves have the same tests. */
import { describe, expect, it } from 'vitest';
import { type ChainQuestion, verifyChain } from '../../src/seal/chain.ts';
import { splitPem } from '../../src/seal/x509.ts';
import {
  CERTIFICATES_NOW,
  type CertificateParty,
  type CertificateTraits,
  DER_VALUES,
  daysFromNow,
  issueCertificate,
  issueRevocationList,
  makeExtension,
  TEST_KEYS,
} from '../support/x509.ts';

const CA = 0x06;
const EMAIL = '1.3.6.1.5.5.7.3.4';
const SERVER = '1.3.6.1.5.5.7.3.1';
const UNKNOWN = '1.3.6.1.4.1.99999.1';

const FAMILIES = {
  'RSA-2048': () => TEST_KEYS.rsa(),
  'P-256': () => TEST_KEYS.ec(),
  'P-384': () => TEST_KEYS.ec('P-384'),
  Ed25519: () => TEST_KEYS.ed25519(),
} as const;

describe.each(Object.entries(FAMILIES))('%s', (_family, keys) => {
  const party = (named: string): CertificateParty => ({ name: named, ...keys() });
  const [root, middle, person, stranger] = [
    party('Root'),
    party('Middle'),
    party('Person'),
    party('Stranger'),
  ];

  interface Traits {
    readonly root?: CertificateTraits;
    readonly middle?: CertificateTraits;
    readonly leaf?: CertificateTraits;
  }
  const chain = (traits: Traits = {}, over: Partial<ChainQuestion> = {}): ChainQuestion => ({
    anchors: [issueCertificate(root, root, { ca: null, usage: CA, ...traits.root })],
    intermediates: [issueCertificate(middle, root, { serial: 7, ca: null, usage: CA, ...traits.middle })],
    leaf: issueCertificate(person, middle, { serial: 9, ca: false, usage: 0x80, ...traits.leaf }),
    crls: [],
    missingCrl: 'accept',
    at: CERTIFICATES_NOW,
    purpose: 'email',
    ...over,
  });
  const outcome = (traits: Traits = {}, over: Partial<ChainQuestion> = {}): string => {
    const found = verifyChain(chain(traits, over));
    return found.kind === 'refused' ? found.reason : found.kind;
  };

  it('4.1 signature verification', () => {
    const good = chain();
    expect(verifyChain(good)).toEqual({
      kind: 'trusted',
      anchor: good.anchors[0],
      path: [good.leaf, good.intermediates[0], good.anchors[0]],
    });
    expect(outcome({ leaf: { broken: true } })).toBe('bad-signature');
    expect(outcome({ middle: { broken: true } })).toBe('bad-signature');
    const forged = issueCertificate(person, { ...stranger, name: 'Middle' }, {});
    expect(outcome({}, { leaf: forged })).toBe('bad-signature');
    expect(outcome({ leaf: { inner: keys === FAMILIES.Ed25519 ? 'ec' : 'ed25519' } })).toBe('weak-algorithm');
  });

  it('4.2 validity periods', () => {
    for (const place of ['root', 'middle', 'leaf'] as const) {
      expect(outcome({ [place]: { from: daysFromNow(1) } }), place).toBe('not-yet-valid');
      expect(outcome({ [place]: { until: daysFromNow(-1) } }), place).toBe('expired');
      expect(outcome({ [place]: { from: CERTIFICATES_NOW, until: CERTIFICATES_NOW } }), place).toBe(
        'trusted',
      );
    }
    expect(outcome({}, { at: daysFromNow(31) })).toBe('expired');
  });

  it('4.3 verifying name chaining', () => {
    expect(outcome({}, { intermediates: [] })).toBe('no-path');
    expect(outcome({}, { anchors: [] })).toBe('no-path');
    expect(outcome({}, { anchors: [issueCertificate(stranger, stranger, { ca: null })] })).toBe('no-path');
    const renamed = issueCertificate(person, { ...middle, name: 'middle' }, {});
    expect(outcome({}, { leaf: renamed })).toBe('no-path');
    const reversed = issueCertificate({ ...middle, name: 'Else' }, root, { ca: null });
    expect(outcome({}, { intermediates: [reversed] })).toBe('no-path');
  });

  it('4.4 basic certificate revocation', () => {
    const [ofRoot, ofMiddle] = [issueRevocationList(root), issueRevocationList(middle)];
    const judged = (...crls: Uint8Array[]) => outcome({}, { crls, missingCrl: 'refuse' });
    expect(judged(ofRoot, ofMiddle)).toBe('trusted');
    expect(judged(ofRoot), 'missing').toBe('revocation-unknown');
    expect(judged(issueRevocationList(root, { revoked: [7] }), ofMiddle), 'revoked CA').toBe('revoked');
    expect(judged(ofRoot, issueRevocationList(middle, { revoked: [1, 9] })), 'revoked leaf').toBe('revoked');
    expect(judged(ofRoot, issueRevocationList(middle, { revoked: [1, 8] }))).toBe('trusted');
    expect(judged(ofRoot, issueRevocationList(middle, { broken: true })), 'signature').toBe('crl-refused');
    expect(judged(ofRoot, issueRevocationList({ ...stranger, name: 'Middle' })), 'another’s key').toBe(
      'crl-refused',
    );
    expect(judged(ofRoot, issueRevocationList(middle, { named: 'Else' })), 'issuer name').toBe(
      'revocation-unknown',
    );
    expect(judged(ofRoot, issueRevocationList(middle, { from: daysFromNow(1), until: daysFromNow(2) }))).toBe(
      'crl-refused',
    );
    expect(judged(ofRoot, issueRevocationList(middle, { until: null })), 'no next update').toBe(
      'crl-refused',
    );
    expect(judged(ofRoot, Uint8Array.of(0x30, 0)), 'no list').toBe('crl-refused');
    expect(outcome({}, { crls: [issueRevocationList(middle, { revoked: [9] })] }), 'not required').toBe(
      'revoked',
    );
    expect(outcome({}, { crls: [issueRevocationList(middle, { broken: true })] }), 'not required').toBe(
      'crl-refused',
    );
  });

  it('4.4 the newest list applies; a stale one is reported, and still revokes', () => {
    const before = { from: daysFromNow(-9), until: daysFromNow(-5) };
    const stale = verifyChain(
      chain({}, { crls: [issueRevocationList(root), issueRevocationList(middle, before)] }),
    );
    expect(stale).toMatchObject({ kind: 'stale', since: before.until });
    expect(outcome({}, { crls: [issueRevocationList(middle, { ...before, revoked: [9] })] })).toBe('revoked');
    expect(outcome({}, { crls: [issueRevocationList(middle, before), issueRevocationList(middle)] })).toBe(
      'trusted',
    );
    expect(
      outcome(
        {},
        { crls: [issueRevocationList(middle), issueRevocationList(middle, { ...before, revoked: [9] })] },
      ),
    ).toBe('trusted');
    expect(
      outcome({}, { crls: [issueRevocationList(middle, { ...before, revoked: [9] })], at: daysFromNow(-10) }),
    ).toBe('crl-refused');
  });

  it('4.4 a list that was read before is current no longer than until its next one is due', () => {
    const lists = [
      issueRevocationList(root, { until: daysFromNow(20) }),
      issueRevocationList(middle, { from: daysFromNow(-9), until: daysFromNow(5) }),
    ];
    const judged = (days: number) => outcome({}, { crls: lists, at: daysFromNow(days) });
    expect([judged(0), judged(4), judged(6), judged(4)]).toEqual(['trusted', 'trusted', 'stale', 'trusted']);
  });

  it('4.4 unknown critical extensions of lists and entries; 4.14 partitioned lists; 4.15 delta lists', () => {
    const judged = (traits: Parameters<typeof issueRevocationList>[1]) =>
      outcome({}, { crls: [issueRevocationList(middle, traits)] });
    const number = makeExtension('2.5.29.20', false, DER_VALUES.number(3));
    expect(judged({ extensions: [number] })).toBe('trusted');
    expect(judged({ extensions: [number, number] })).toBe('crl-refused');
    expect(judged({ extensions: [makeExtension(UNKNOWN, false, DER_VALUES.sequence())] })).toBe('trusted');
    expect(judged({ extensions: [makeExtension(UNKNOWN, true, DER_VALUES.sequence())] })).toBe('crl-refused');
    for (const critical of [true, false]) {
      expect(judged({ extensions: [makeExtension('2.5.29.27', critical, DER_VALUES.number(1))] })).toBe(
        'crl-refused',
      );
      expect(judged({ extensions: [makeExtension('2.5.29.28', critical, DER_VALUES.sequence())] })).toBe(
        'crl-refused',
      );
    }
    const entry = (critical: boolean) => [makeExtension('2.5.29.29', critical, DER_VALUES.sequence())];
    expect(judged({ revoked: [1], entryExtensions: entry(true) })).toBe('crl-refused');
    expect(
      judged({ revoked: [9], entryExtensions: [makeExtension('2.5.29.21', false, DER_VALUES.code(1))] }),
    ).toBe('revoked');
  });

  it('4.5 self-issued certificates: a CA’s new key', () => {
    const renewed = { ...party('Root') };
    const rollover = issueCertificate(renewed, root, { ca: 0, usage: CA });
    const leaf = issueCertificate(person, renewed, {});
    const limited = [issueCertificate(root, root, { ca: 0, usage: CA })];
    expect(outcome({}, { anchors: limited, intermediates: [rollover], leaf })).toBe('trusted');
    const both = { root: { ca: 0 } };
    expect(outcome(both), 'one that is not self-issued counts').toBe('path-too-long');
  });

  it('4.6 verifying basic constraints', () => {
    expect(outcome({ middle: { ca: false } })).toBe('not-a-ca');
    expect(outcome({ root: { ca: false } })).toBe('not-a-ca');
    const bare = issueCertificate(middle, root, { usage: CA });
    expect(outcome({}, { intermediates: [bare] }), 'no basic constraints').toBe('not-a-ca');
    expect(outcome({ root: { ca: 1 }, middle: { ca: 0 } })).toBe('trusted');
    const below = party('Below');
    const long = [issueCertificate(middle, root, { ca: 0 }), issueCertificate(below, middle, { ca: null })];
    expect(outcome({}, { intermediates: long, leaf: issueCertificate(person, below, {}) })).toBe(
      'path-too-long',
    );
    const free = [issueCertificate(middle, root, { ca: 1 }), issueCertificate(below, middle, { ca: null })];
    expect(outcome({}, { intermediates: free, leaf: issueCertificate(person, below, {}) })).toBe('trusted');
  });

  it('4.7 key usage', () => {
    expect(outcome({ middle: { usage: 0x80 } })).toBe('key-usage');
    expect(outcome({ root: { usage: 0x02 } })).toBe('key-usage');
    const list = { crls: [issueRevocationList(middle)] };
    expect(outcome({ middle: { usage: 0x04 } }, list), 'no cRLSign').toBe('crl-refused');
    expect(outcome({ leaf: { usage: 0x20 } }, { purpose: 'authority' })).toBe('key-usage');
    expect(outcome({}, { purpose: 'authority' })).toBe('trusted');
  });

  it('4.8 policies have no effect if none is required; 4.9 to 4.12 rules about them, and 4.13 name constraints, are refused', () => {
    const policies = makeExtension('2.5.29.32', true, DER_VALUES.sequence());
    expect(outcome({ middle: { more: [policies] }, leaf: { more: [policies] } })).toBe('trusted');
    for (const [id, named] of [
      ['2.5.29.36', 'policy constraints'],
      ['2.5.29.33', 'policy mappings'],
      ['2.5.29.54', 'inhibit any policy'],
    ] as const)
      expect(outcome({ middle: { more: [makeExtension(id, true, DER_VALUES.sequence())] } }), named).toBe(
        'critical-extension',
      );
    for (const critical of [true, false]) {
      const names = makeExtension('2.5.29.30', critical, DER_VALUES.sequence());
      expect(outcome({ middle: { more: [names] } })).toBe('name-constraints');
    }
  });

  it('4.16 private certificate extensions', () => {
    for (const place of ['root', 'middle', 'leaf'] as const) {
      const private_ = (critical: boolean) => [makeExtension(UNKNOWN, critical, DER_VALUES.text('invented'))];
      expect(outcome({ [place]: { more: private_(false) } }), place).toBe('trusted');
      expect(outcome({ [place]: { more: private_(true) } }), place).toBe('critical-extension');
      expect(outcome({ [place]: { more: [...private_(false), ...private_(false)] } }), place).toBe(
        'malformed',
      );
    }
  });

  it('purposes: certificates and CAs for mail need that purpose; authorities need none', () => {
    expect(outcome({ leaf: { purposes: [EMAIL, SERVER] } })).toBe('trusted');
    expect(outcome({ leaf: { purposes: [SERVER] } })).toBe('purpose');
    expect(outcome({ middle: { purposes: [SERVER] } })).toBe('purpose');
    expect(outcome({ leaf: { purposes: ['2.5.29.37.0'] } })).toBe('trusted');
    expect(outcome({ leaf: { purposes: [EMAIL] } }, { purpose: 'authority' })).toBe('purpose');
  });

  it('finds its path among certificates of one name, and ends among too many', () => {
    const { intermediates } = chain();
    const decoys = Array.from({ length: 7 }, () =>
      issueCertificate({ ...stranger, name: 'Middle' }, { ...middle }, { ca: null }),
    );
    expect(outcome({}, { intermediates: [...decoys, ...intermediates] })).toBe('trusted');
    expect(outcome({}, { intermediates: [...decoys, ...decoys] })).toBe('malformed');
    const loop = [
      issueCertificate(middle, stranger, { ca: null }),
      issueCertificate(stranger, middle, { ca: null }),
    ];
    expect(outcome({}, { intermediates: loop })).toBe('no-path');
  });
});

describe('algorithms and keys', () => {
  const rsa = { name: 'Root', ...TEST_KEYS.rsa() };
  const ec = { name: 'Root', ...TEST_KEYS.ec() };
  const person = { name: 'Person', ...TEST_KEYS.ec() };
  const judged = (
    issuer: CertificateParty,
    traits: CertificateTraits,
    subject: CertificateParty = person,
  ): string => {
    const found = verifyChain({
      leaf: issueCertificate(subject, issuer, traits),
      intermediates: [],
      anchors: [issueCertificate(issuer, issuer, { ca: null })],
      crls: [],
      missingCrl: 'accept',
      at: CERTIFICATES_NOW,
      purpose: 'email',
    });
    return found.kind === 'refused' ? found.reason : found.kind;
  };

  it('RSA with PSS is accepted; MD5 and SHA-1 are not', () => {
    expect(judged(rsa, { scheme: 'rsa-pss' })).toBe('trusted');
    expect(judged(rsa, { scheme: 'rsa-pss', broken: true })).toBe('bad-signature');
    expect(judged(rsa, { scheme: 'rsa-sha1' })).toBe('weak-algorithm');
    expect(judged(rsa, { scheme: 'rsa-md5' })).toBe('weak-algorithm');
    expect(judged(ec, { scheme: 'ec-sha1' })).toBe('weak-algorithm');
  });

  it('short RSA keys and other curves are refused, for the issuer and the certificate', () => {
    const short = { name: 'Short', ...TEST_KEYS.rsa(1_024) };
    const koblitz = { name: 'Koblitz', ...TEST_KEYS.ec('secp256k1') };
    for (const weak of [short, koblitz]) {
      expect(judged(weak, {}), weak.name).toBe('key-refused');
      expect(judged(rsa, {}, weak), weak.name).toBe('key-refused');
    }
  });

  it('a text that is not a certificate is refused as malformed', () => {
    const good = issueCertificate(person, ec);
    const anchors = [issueCertificate(ec, ec, { ca: null })];
    const question = {
      intermediates: [],
      anchors,
      crls: [],
      missingCrl: 'accept',
      at: CERTIFICATES_NOW,
      purpose: 'email',
    } as const;
    const malformed = { kind: 'refused', reason: 'malformed' };
    for (const leaf of ['', 'not PEM', good.replace('M', 'N'), `${good}${'x'.repeat(40_000)}`])
      expect(verifyChain({ ...question, leaf })).toEqual(malformed);
    expect(verifyChain({ ...question, leaf: good, anchors: ['not PEM'] })).toEqual(malformed);
    expect(verifyChain({ ...question, leaf: good, intermediates: ['not PEM'] })).toEqual(malformed);
  });

  it('a file may contain several certificates', () => {
    const [one, two] = [issueCertificate(person, ec), issueCertificate(ec, ec, { ca: null })];
    expect(splitPem(`words before\n${one}\n${two}`, 4)).toEqual([one.trim(), two.trim()]);
    expect(splitPem(one + two, 1)).toBeUndefined();
    expect(splitPem('none', 4)).toBeUndefined();
  });
});
