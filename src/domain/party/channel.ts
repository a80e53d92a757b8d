/** Channels, and the content that an endpoint may be shown. */

/** Channels to people and to their systems. Agreements and operators name these. */
export const CHANNELS = ['webhook', 'telegram', 'email'] as const;

/**
 * All channels, with the one to another gateway. No agreement names `relay`: a message that may go to a focal point
 * may go to its home gateway.
 */
export const ALL_CHANNELS = [...CHANNELS, 'relay'] as const;
/** A channel, or `none` for {@link NO_ENDPOINT}. */
export type Channel = (typeof ALL_CHANNELS)[number] | 'none';

/**
 * The content that an endpoint gets: `sealed` the JWE unchanged; `packet` the opened message, protected by the
 * channel; `notice` only that a message has come, its urgency and its deadline.
 */
export const SHOWN_CONTENT = ['sealed', 'packet', 'notice'] as const;
export type Shows = (typeof SHOWN_CONTENT)[number];

/**
 * An address of a focal point. Endpoints of a lower rank are tried first; endpoints of the same rank are tried
 * together.
 */
export interface Endpoint {
  readonly id: string;
  /** DID of the focal point; DID of the gateway if the channel is `relay`. */
  readonly focalPoint: string;
  readonly channel: Channel;
  /** The address in the form of its channel: a URL, an e-mail address or a chat id. Never logged. */
  readonly address: string;
  readonly rank: number;
  readonly shows: Shows;
  readonly lang: string;
  /** Id of the officer who uses this endpoint; absent for a system. */
  readonly officer?: string;
  /**
   * Names of that officer: the name in the designation when the endpoint was linked, and names that the operator
   * declared to be of the same person. Absent for older endpoints until the first renaming; then any name is
   * accepted.
   */
  readonly knownAs?: readonly string[];
  /** The recipient's certificate (PEM), for channels that need one. */
  readonly certificate?: string;
  /** The previous certificate. Mail is encrypted to it as well until this date. */
  readonly oldCertificate?: { readonly pem: string; readonly until: Date };
  readonly enabled: boolean;
  /** Why the endpoint is off, as a short code of this program, and since when. */
  readonly off?: { readonly code: string; readonly since?: Date };
  /** How often the channel has reported that the endpoint is dead since it last accepted something. */
  readonly gone?: { readonly times: number; readonly since: Date };
  /** What the focal point has not confirmed yet: a new endpoint, or a change of one in use. */
  readonly waiting?: PendingConfirmation;
}

/** A new endpoint or a change that waits for the focal point's confirmation. */
export interface PendingConfirmation {
  /** The entry of the operator's log that asked for it. A decision is valid for this entry only. */
  readonly asked: string;
  readonly since: Date;
  readonly until: Date;
  /** Handle of the operator who asked for it. */
  readonly who: string;
  /** Once confirmed, it replaces the officer's other accounts in this channel. */
  readonly replaces?: true;
  /** The change of an endpoint in use, which works as before until then. Absent if the endpoint itself is new. */
  readonly change?: Partial<
    Pick<Endpoint, 'address' | 'shows' | 'knownAs' | 'certificate' | 'oldCertificate'>
  >;
}

/**
 * Stands in for an endpoint while a message has none and waits. It belongs to nobody and is not stored as an
 * endpoint.
 */
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

/** The member by which evidence names the channel of a step; empty without a channel. */
export const channelMemberOf = (channel: Channel): { readonly channel?: Exclude<Channel, 'none'> } =>
  channel === 'none' ? {} : { channel };
