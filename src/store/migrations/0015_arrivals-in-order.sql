-- What one account did is worked on in the order in which it did it. `place` is the channel's own order, `about` the
-- delivery that was answered, `said` the answer that is still to be told: then the deed itself is done.
-- serves: 14

alter table arrival
  add column account text,
  add column place bigint,
  add column about text,
  add column said jsonb;

update arrival set
  account = payload->'reply'->>'address',
  place = case when id ~ '^\d{1,16}$' then id::bigint end,
  about = coalesce(payload->'by'->>'delivery', payload->>'delivery')
where due_at is not null;

create index arrival_of_account on arrival (channel, account, place) where due_at is not null;
