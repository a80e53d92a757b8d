-- The life of an endpoint: since when it is off, how often its channel lately said that it is dead, and the certificate
-- that overlaps with its newer one.
alter table endpoint
  add column disabled_at timestamptz,
  add column gone_times integer not null default 0,
  add column gone_since timestamptz,
  add column old_certificate text,
  add column old_certificate_until timestamptz,
  add check (num_nulls(old_certificate, old_certificate_until) in (0, 2));
update endpoint set disabled_at = now() where disabled_code is not null;

-- What is said at an endpoint of no message: a test, or what became of another endpoint of the desk. Nothing of a case is
-- in it. The row is the job, as a delivery's, and goes once it is done.
create table note (
  id         text primary key,
  endpoint   text not null references endpoint (id),
  says       jsonb not null,
  made_at    timestamptz not null,
  -- Null where it is tried until it gets through.
  expires_at timestamptz,
  tries      integer not null default 0,
  due_at     timestamptz not null
);
create index note_due on note (due_at);

-- What a channel switched off before is tried again, too.
insert into note (id, endpoint, says, made_at, due_at)
  select replace(gen_random_uuid()::text, '-', ''), id, '{"what":"probe"}', now(), now()
  from endpoint where disabled_code is not null and channel <> 'relay';
