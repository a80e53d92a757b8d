-- serves: 14
-- A link carries one word: when it did. Null for a link that only opened.
alter table link add column said_at timestamptz;
