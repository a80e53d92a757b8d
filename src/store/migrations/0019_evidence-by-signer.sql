-- serves: 14
-- Evidence is known by who signed it and its id. `id` stays the key of the row: of what another gateway signed it is the id
-- in it, where that is free, and else one of our own. So no id that another gateway chose stands where ours goes. The new
-- columns are null for what is signed here, and for what was kept before: there the key is the id that was signed.
alter table evidence
  add column signer    text,
  add column signed_id text,
  -- What may be said once only, by what it says: never shown, never signed.
  add column once      text;
create unique index evidence_by_signed_id on evidence (signed_id, signer) where signed_id is not null;
create unique index evidence_once on evidence (once) where once is not null;
