-- The ledger: which evidence stands where in the gateway's own log, and what was seen of the logs of others.

create index evidence_by_seq on evidence (seq);

-- No reference to evidence on purpose: that a row is gone must be seen, and not take the leaf with it.
create table ledger_leaf (
  index    bigint primary key check (index >= 0),
  evidence text not null unique
);

create table ledger_tile (
  level  integer not null,
  index  bigint not null,
  hashes bytea not null,
  primary key (level, index)
);

-- Everything the gateway ever stood to. A cosignature is added to the note, nothing else changes.
create table ledger_checkpoint (
  size     bigint primary key check (size > 0),
  root     bytea not null,
  note     text not null,
  cosigned boolean not null default false,
  -- The latest evidence, by order of issue, of its batch; and up to where nothing is missing.
  seq      bigint not null,
  mark     bigint not null,
  -- By the database's own clock: transactions that begin later issue later.
  taken_at timestamptz not null default clock_timestamp(),
  at       timestamptz not null
);

-- One row for each log that is watched, the own one too: when it is looked at next, and how far the last look came.
create table ledger_watch (
  origin   text primary key,
  due_at   timestamptz not null,
  -- Entries read so far.
  read     bigint not null default 0,
  -- The bundle that is compared again next.
  compared bigint not null default 0
);

-- Every checkpoint of another log that was verified from its entries, with our cosignature.
create table witnessed (
  origin text not null,
  size   bigint not null,
  root   bytea not null,
  note   text not null,
  at     timestamptz not null,
  primary key (origin, size)
);

create table witnessed_tile (
  origin text not null,
  level  integer not null,
  index  bigint not null,
  hashes bytea not null,
  primary key (origin, level, index)
);

-- What does not fit, once each. The note is the other side's own signature under it, where there is one.
create table alarm (
  id     bigint generated always as identity primary key,
  -- Who found it, and in which log.
  by     text not null,
  origin text not null,
  code   text not null,
  -- Of the checkpoint, or the index of the entry.
  place  bigint not null,
  root   bytea not null,
  note   text,
  at     timestamptz not null,
  unique (by, origin, code, place, root)
);
