-- serves: 14
-- What another gateway signed and what does not hold: kept apart, with the signed complaint about it, and no part of any
-- case. The same again gets the same complaint.
create table complaint (
  gateway  text not null,
  -- SHA-256 of the payload that it signed, base64url.
  digest   text not null,
  -- The evidence EvidenceRejected.
  evidence text not null references evidence (id),
  code     text not null,
  -- As it was signed, JWS as text.
  jws      text not null,
  at       timestamptz not null,
  primary key (gateway, digest)
);
create index complaint_by_at on complaint (at);
