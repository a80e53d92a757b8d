-- serves: 27
-- A message that has no way to its recipient now waits at no endpoint.
alter table delivery alter column endpoint drop not null;
alter table delivery add constraint delivery_nowhere check ((endpoint is null) = (channel = 'none')) not valid;
