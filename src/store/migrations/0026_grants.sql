-- Grants are signed: what a row grants stands under a MAC that is made outside the database, and names the entry of the
-- operator's log that made it. Rows from before have neither, and grant nothing until an operator adopts them.

alter table endpoint add column entry text, add column mac text;
alter table link add column entry text, add column mac text;
alter table link_code add column entry text, add column mac text;
alter table access_key add column entry text, add column mac text;
alter table secret add column entry text, add column mac text;
alter table roster add column entry text, add column mac text;
alter table arrival add column mac text;
-- What goes where: which message to which desk by which endpoint.
alter table delivery add column mac text;
