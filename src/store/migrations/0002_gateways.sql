-- Other gateways, as their authorities designate them; kept as they were signed, like all of the directory.

create table gateway (
  did        text primary key,
  country    text not null,
  valid_from timestamptz not null,
  statement  text not null
);
