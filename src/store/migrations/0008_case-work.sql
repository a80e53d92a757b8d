-- Case work: which message a message is about, and all whom its sender addressed, also those homed at other gateways,
-- so that every gateway computes the same turn from the consignments it keeps.

alter table message
  add column about text,
  add column addressees jsonb not null default '[]';

update message m set addressees = (
  select coalesce(jsonb_agg(r.party order by r.position), '[]') from recipient r where r.message = m.id);

alter table message alter column addressees drop default;
