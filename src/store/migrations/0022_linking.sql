-- serves: 14
-- Linking asks first: which account brought the code, and whether it is linked beside the officer's others or in their place.
alter table link_code
  add column beside boolean not null default false,
  add column asked_by text;
