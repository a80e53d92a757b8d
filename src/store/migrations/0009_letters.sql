-- Formal letters: a number of its own for each message that an office has a letter of, without gaps in an office's year.

create table letter_register (
  -- DID of the focal point whose register it is.
  office text not null,
  year   integer not null check (year between 2000 and 9999),
  -- The last number given.
  last   integer not null check (last >= 0),
  primary key (office, year)
);

create table letter (
  message  text not null references message (id),
  office   text not null,
  year     integer not null,
  number   integer not null check (number > 0),
  given_at timestamptz not null,
  primary key (message, office),
  unique (office, year, number),
  foreign key (office, year) references letter_register (office, year)
);
