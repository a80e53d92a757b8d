-- The whole house at once: directory, messages, deliveries, evidence, arrivals, links.
-- Names follow src/store/store.ts. JWS and JWE are text and never json: they come back byte for byte.

-- The directory. Statements are kept as they were signed; the other columns only find them.

create table designation (
  did        text primary key,
  slug       text not null,
  country    text not null,
  valid_from timestamptz not null,
  statement  text not null
);
create index designation_by_slug on designation (slug);

create table agreement (
  id         text not null,
  version    integer not null check (version > 0),
  valid_from timestamptz not null,
  statement  text not null,
  primary key (id, version)
);

create table endpoint (
  id            text primary key,
  focal_point   text not null,
  channel       text not null,
  address       text not null check (length(address) <= 2048),
  rank          integer not null,
  shows         text not null check (shows in ('sealed', 'packet', 'notice')),
  lang          text not null,
  officer       text,
  certificate   text,
  enabled       boolean not null,
  -- Why the gateway stopped using it: a short code.
  disabled_code text check (not enabled or disabled_code is null),
  -- One desk is reached at one address once for each officer.
  unique nulls not distinct (focal_point, channel, address, officer)
);
create index endpoint_by_address on endpoint (channel, address);

-- Wrapped under the master key before they come here.
create table secret (
  seq     bigint generated always as identity,
  owner   text not null,
  kind    text not null check (kind in ('custody-key', 'webhook-inbound', 'webhook-outbound')),
  id      text not null,
  wrapped text not null,
  until   timestamptz,
  primary key (owner, kind, id)
);

create table access_key (
  hash        text primary key,
  focal_point text not null,
  name        text not null
);

-- What is carried. These rows are small because they are held and read often; what is sealed lies in tables of its
-- own, where it can be kept for a shorter time than the evidence about it.

create table message (
  id                text primary key,
  sender            text not null,
  thread            text not null,
  parent            text,
  type              text not null,
  urgency           text not null check (urgency in ('immediate', 'urgent', 'routine')),
  handling          text not null check (handling in ('H0', 'H1', 'H2', 'H3')),
  created_at        timestamptz not null,
  accepted_at       timestamptz not null,
  expires_at        timestamptz not null,
  digest            text not null,
  submission_key    text not null,
  submission_digest text not null,
  -- The evidence that a repeat of the submission is answered with.
  receipt           text not null,
  unique (sender, submission_key)
);
create index message_by_thread on message (thread);

create table consignment (
  message text primary key references message (id),
  jws     text not null
);

create table recipient (
  message           text not null references message (id),
  -- DID of the focal point.
  party             text not null,
  position          integer not null check (position >= 0),
  digest            text not null,
  agreement_id      text not null,
  agreement_version integer not null,
  acknowledge_by    timestamptz not null,
  answer_by         timestamptz not null,
  opened_at         timestamptz,
  decision          text check (decision in ('accepted', 'declined')),
  decided_by        text,
  ground            text,
  decided_at        timestamptz,
  decided_evidence  text,
  primary key (message, party),
  -- A named officer's word is whole or not there.
  check (num_nulls(decision, decided_by, decided_at, decided_evidence) in (0, 4)),
  check (ground is null or decision is not null)
);

create table sealed_message (
  message text not null,
  party   text not null,
  jwe     text not null,
  primary key (message, party),
  foreign key (message, party) references recipient (message, party)
);

-- Ciphertext does not compress: store it aside without trying.
alter table consignment alter column jws set storage external;
alter table sealed_message alter column jwe set storage external;

-- Append only. A row without a message is the signed rejection of something that was never kept.
create table evidence (
  id        text primary key,
  -- The order of issue.
  seq       bigint generated always as identity,
  event     text not null,
  message   text references message (id),
  sender    text not null,
  recipient text,
  delivery  text,
  at        timestamptz not null,
  jws       text not null
);
create index evidence_by_message on evidence (message, seq);

-- The row is the job: due_at says when it is next looked at, null when nothing is to be done. Claiming moves due_at
-- past the lease, so no lease column is needed and a crash heals itself.
create table delivery (
  id         text primary key,
  kind       text not null check (kind in ('message', 'evidence')),
  message    text not null references message (id),
  party      text not null,
  endpoint   text not null references endpoint (id),
  channel    text not null,
  shows      text not null check (shows in ('sealed', 'packet', 'notice')),
  evidence   text references evidence (id),
  state      text not null,
  tries      integer not null,
  attempts   jsonb not null,
  due_at     timestamptz,
  -- The process that works on it, by its connections' application_name; null when nobody does.
  claimed_by text,
  reference  text,
  revisable  boolean not null,
  expires_at timestamptz not null,
  check ((kind = 'evidence') = (evidence is not null))
);
create index delivery_due on delivery (due_at) where due_at is not null;
create index delivery_claimed on delivery (claimed_by) where claimed_by is not null;
create index delivery_by_message on delivery (message, party);

-- What a channel brought, kept before it is worked on. The id stays so that a repeat is dropped; the payload is
-- forgotten once it is worked on.
create table arrival (
  channel text not null,
  id      text not null,
  payload jsonb,
  tries   integer not null default 0,
  kept_at timestamptz not null,
  due_at  timestamptz,
  claimed_by text,
  primary key (channel, id)
);
create index arrival_due on arrival (due_at) where due_at is not null;
create index arrival_claimed on arrival (claimed_by) where claimed_by is not null;

-- Links and codes by the digest of their token; the token itself is never stored.

create table link (
  hash       text primary key,
  purpose    text not null check (purpose in ('read', 'acknowledge')),
  delivery   text not null references delivery (id),
  officer    text,
  expires_at timestamptz not null,
  used_at    timestamptz,
  -- Digest of the cookie of the browser that used it.
  used_by    text,
  check ((used_at is null) = (used_by is null))
);

create table link_code (
  hash        text primary key,
  endpoint_id text not null,
  focal_point text not null,
  channel     text not null,
  rank        integer not null,
  shows       text not null check (shows in ('sealed', 'packet', 'notice')),
  lang        text not null,
  officer     text,
  certificate text,
  expires_at  timestamptz not null,
  -- The endpoint it became.
  used_for    text references endpoint (id)
);
