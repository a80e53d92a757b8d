-- serves: 14
-- Statements that evidence of other gateways rests on and that are not kept here: asked for at the gateway that named them,
-- and shown to the operator. What is kept here gives nobody anything until the operator imports it.
create table statement_wanted (
  -- SHA-256 of the payload, base64url.
  digest    text primary key,
  kind      text not null check (kind in ('designation', 'agreement')),
  -- DID of the focal point, or id and version of the agreement.
  about     text not null,
  -- DID of the gateway that named it.
  gateway   text not null,
  wanted_at timestamptz not null,
  -- When it is asked for next; null once it is here.
  due_at    timestamptz,
  -- As its authorities signed it, JWS as text.
  statement text
);
create index statement_wanted_due on statement_wanted (due_at) where due_at is not null;
