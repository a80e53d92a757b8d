-- serves: 28
-- The PIN of an officer, by which whoever follows a link that went through a chat shows to be that officer. Each row is of
-- one person: `known_as` has the names by which the designation calls them. All three tables grant, and are sealed.
create table pin (
  id          text primary key,
  focal_point text not null,
  officer     text not null,
  known_as    text[],
  -- Its hash, wrapped under the master key.
  wrapped     text not null,
  set_at      timestamptz not null,
  -- Wrong ones since the last right one.
  tries       integer not null default 0,
  locked_at   timestamptz,
  entry       text,
  mac         text,
  unique (focal_point, officer)
);

-- What an operator hands over in person: opens the page where the officer sets a PIN, or gives the one there is.
create table start_code (
  hash        text primary key,
  -- Of the PIN that it sets.
  id          text not null unique,
  focal_point text not null,
  officer     text not null,
  known_as    text[],
  lang        text not null,
  -- A new PIN is set although there is one.
  new_pin     boolean not null,
  -- An account is linked next.
  links       boolean not null,
  expires_at  timestamptz not null,
  used_at     timestamptz,
  used_by     text,
  entry       text,
  mac         text
);

-- A browser in which an officer gave the PIN. Only the digest of its cookie is kept.
create table pin_session (
  hash        text primary key,
  pin         text not null,
  focal_point text not null,
  officer     text not null,
  -- The account through which the link had come.
  endpoint    text not null references endpoint (id),
  -- The entry that the account was under: whatever is done to it ends the session.
  account     text,
  expires_at  timestamptz not null,
  used_at     timestamptz not null,
  entry       text,
  mac         text
);
create index pin_session_pin on pin_session (pin);
