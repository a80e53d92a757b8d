-- Officers' words that contradict each other, until one of them settles it. The words themselves are evidence.

alter table recipient
  -- How many words are kept of this desk: where there are none, no rule has to look for them among the evidence.
  add column words integer not null default 0 check (words >= 0),
  -- Words that say otherwise are open.
  add column contested boolean not null default false;

update recipient r set words = said.words, contested = said.words > 1
from (
  select message, recipient, count(*) as words from evidence
  where event in ('ConsignmentAcceptance', 'ConsignmentRejection') and message is not null
  group by message, recipient
) as said
where (said.message, said.recipient) = (r.message, r.party);
