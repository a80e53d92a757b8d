-- The life of keys: every version of a designation stays, so that what was signed then can be judged now; withdrawals
-- stand beside them; and it is remembered of what end the operator was warned.

alter table designation add column seq bigint generated always as identity;
alter table designation add column digest text;
update designation set digest = encode(sha256(convert_to(statement, 'UTF8')), 'hex');
alter table designation alter column digest set not null;
alter table designation drop constraint designation_pkey;
alter table designation add primary key (did, digest);
create index designation_by_time on designation (did, valid_from, seq);

create table withdrawal (
  seq        bigint generated always as identity,
  did        text not null,
  country    text not null,
  valid_from timestamptz not null,
  digest     text not null,
  statement  text not null,
  primary key (did, digest)
);

-- One row for each thing that ends: the end that was warned of, and when last.
create table warning (
  what      text not null,
  name      text not null,
  until     timestamptz not null,
  warned_at timestamptz not null,
  primary key (what, name)
);
