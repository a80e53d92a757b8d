-- Gateways of different versions beside each other: what each reads, as it signed it, and when to look again; and evidence of
-- a newer version than the program that got it, kept until a program reads it.
-- serves: 14

create table peer_reads (
  gateway   text primary key,
  -- The signed capability document, JWS as text; null where the gateway has none.
  statement text,
  read_at   timestamptz,
  due_at    timestamptz not null
);

create table evidence_aside (
  gateway text not null,
  -- SHA-256 of the payload.
  digest  text not null,
  jws     text not null,
  kept_at timestamptz not null,
  primary key (gateway, digest)
);
