-- A withdrawal reaches every other gateway: one row for each on its way to each of them, which is the job. Somebody named
-- looks at an alarm, which stays. Of each watched ledger it is known when it was last read.

-- It is known by the payload that was signed (SHA-256, base64url), not by the text of its token, which others may spell
-- otherwise.
create function pg_temp.payload_digest(statement text) returns text language sql as $$
  select rtrim(translate(encode(sha256(decode(
    translate(payload, '-_', '+/') || repeat('=', (4 - length(payload) % 4) % 4), 'base64')), 'base64'), '+/', '-_'), '=')
  from (select statement::json ->> 'payload' as payload) as signed
$$;
delete from withdrawal later using withdrawal first
  where later.did = first.did and later.seq > first.seq
    and pg_temp.payload_digest(later.statement) = pg_temp.payload_digest(first.statement);
update withdrawal set digest = pg_temp.payload_digest(statement);

-- The gateway's signed word that it took it; null for those that were kept before there was one.
alter table withdrawal add column evidence text references evidence (id);

create table withdrawal_sent (
  did      text not null,
  digest   text not null,
  -- DID of the gateway that is told.
  gateway  text not null,
  tries    integer not null default 0,
  -- When it is sent next; null once that gateway has it.
  due_at   timestamptz,
  -- That gateway's signed word for it; null where it was the one that told us.
  evidence text references evidence (id),
  primary key (did, digest, gateway),
  foreign key (did, digest) references withdrawal (did, digest)
);
create index withdrawal_sent_due on withdrawal_sent (due_at) where due_at is not null;

create table alarm_seen (
  alarm bigint primary key references alarm (id),
  by    text not null,
  note  text not null,
  at    timestamptz not null
);

alter table ledger_watch
  -- When it was first to be looked at, and when a look last came to its end.
  add column since timestamptz not null default now(),
  add column seen_at timestamptz;
