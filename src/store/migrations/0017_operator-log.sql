-- The operator's log: every administrative act, in one chain. What an entry says is signed evidence; here is its place only.
-- serves: 14

create table operator_act (
  -- From 1 without gaps.
  place  bigint primary key check (place > 0),
  id     text not null unique references evidence (id),
  -- SHA-256 of the signed payload, base64url: the next entry names it.
  digest text not null,
  -- The earlier entry that this one ends.
  ends   text references operator_act (id)
);
create index operator_act_ends on operator_act (ends) where ends is not null;
