-- Recall and retention: content goes, what proves it stays. A sender in custody keeps a copy sealed to its own key, so
-- that sealed messages are no longer those of recipients only.

alter table sealed_message drop constraint sealed_message_message_party_fkey;
alter table sealed_message add foreign key (message) references message (id);

alter table message
  -- What it passes on to others, and the permission that it does so by.
  add column passes_on text,
  add column granted_by text,
  -- The message whose asking it ends for its sender, which can be done once; null where another gateway judged that.
  add column settles text,
  -- Of a recall: when this gateway did what it asks.
  add column carried_out timestamptz;
create unique index message_settles on message (sender, settles) where settles is not null;
create index message_recalls on message (about) where type = 'recall';
create index message_recalls_open on message (id) where type = 'recall' and carried_out is null;
