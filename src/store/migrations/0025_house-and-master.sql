-- serves: 14
-- A home folder knows its own database by this id. One row.
create table house (
  is_only boolean primary key default true check (is_only),
  id      text not null,
  made_at timestamptz not null default now()
);

-- A value wrapped under each master key that is in use: by it a wrong key is known at the start.
create table master_check (
  seq     bigint generated always as identity primary key,
  id      text not null unique,
  wrapped text not null
);
