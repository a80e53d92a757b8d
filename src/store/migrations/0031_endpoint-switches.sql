-- serves: 31
-- What the operator's log was told of an endpoint that its channel switched off: the code, or `on` and the sign of life that
-- brought it back, which the log is still to be told. An older program cannot read these entries of the log.
alter table endpoint add column channel_told text;
