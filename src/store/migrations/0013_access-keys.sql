-- The life of an access key: since when it is there, when it was last used, when its operator ended it. Those made before
-- say no more than that they are there.

alter table access_key
  add column made_at timestamptz,
  -- UTC, to the day: a moment would be a write for every call.
  add column used_on date,
  add column ended_at timestamptz;
