/** Channels, and what may appear on each. */

/** By which people and their systems are reached: what agreements and operators name. */
export const CHANNELS = ['webhook', 'telegram', 'email'] as const;

/** And by which another gateway is. No agreement names it: what may go to a focal point may go to its home. */
export const ALL_CHANNELS = [...CHANNELS, 'relay'] as const;
/** Or none: what waits for a way is at {@link NO_ENDPOINT}. */
export type Channel = (typeof ALL_CHANNELS)[number] | 'none';

/**
 * What an endpoint may be shown: `sealed` the JWE as it came; `packet` the opened message, itself protected by the
 * channel; `notice` that a message came, how urgent and by when, and nothing of what it says.
 */
export const SHOWN_CONTENT = ['sealed', 'packet', 'notice'] as const;
export type Shows = (typeof SHOWN_CONTENT)[number];

/** Where a focal point is reached. Lower rank is tried first; endpoints of one rank are tried together. */
export interface Endpoint {
  readonly id: string;
  /** DID of the focal point, or of the gateway where the channel is `relay`. */
  readonly focalPoint: string;
  readonly channel: Channel;
  /** URL, e-mail address or chat id: what the channel calls an address. Never logged. */
  readonly address: string;
  readonly rank: number;
  readonly shows: Shows;
  readonly lang: string;
  /** The officer whose endpoint it is, by id; absent where a system answers. */
  readonly officer?: string;
  /**
   * The names by which the designation called that officer when the endpoint was linked, and those the operator said are
   * the same person's. Absent for one from before this was kept, until the first renaming: then any name is that person's.
   */
  readonly knownAs?: readonly string[];
  /** The recipient's certificate (PEM), for channels that need one. */
  readonly certificate?: string;
  /** The certificate before it, to which mail is encrypted as well until its day. */
  readonly oldCertificate?: { readonly pem: string; readonly until: Date };
  readonly enabled: boolean;
  /** Why it is off, a short code of ours, and since when. */
  readonly off?: { readonly code: string; readonly since?: Date };
  /** How often its channel said that it is dead, since it last took something. */
  readonly gone?: { readonly times: number; readonly since: Date };
  /** What its desk has not confirmed yet: of a new one that it counts, of one in use a change. */
  readonly waiting?: PendingConfirmation;
}

/** What waits at an endpoint for its desk. */
export interface PendingConfirmation {
  /** The entry of the operator's log that asked: a word is about just this. */
  readonly asked: string;
  readonly since: Date;
  readonly until: Date;
  /** Who asked for it: an operator's handle. */
  readonly who: string;
  /** It takes the place of the officer's other accounts of the channel once it counts. */
  readonly replaces?: true;
  /** What changes at an endpoint that is in use and stays as it is meanwhile; absent where the endpoint itself is new. */
  readonly change?: Partial<
    Pick<Endpoint, 'address' | 'shows' | 'knownAs' | 'certificate' | 'oldCertificate'>
  >;
}

/** Where a message is kept that has no way to its recipient now: no endpoint of anybody, and none that is written down. */
export const NO_ENDPOINT: Endpoint = {
  id: 'nowhere',
  focalPoint: '',
  channel: 'none',
  address: '',
  rank: 0,
  shows: 'notice',
  lang: 'en',
  enabled: false,
};

/** The member by which evidence names the channel of a step; none where there is no channel. */
export const channelMemberOf = (channel: Channel): { readonly channel?: Exclude<Channel, 'none'> } =>
  channel === 'none' ? {} : { channel };
