-- The desk of many cells hears of every event of all of them. What all its readers have read lies sealed in the object store after a time, a row here
-- for each piece; its events are in the table `events` only while one of the readers is built anew (`present`).
CREATE TABLE feed_segments (
  first_seq INTEGER PRIMARY KEY NOT NULL,
  last_seq INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  present INTEGER NOT NULL,
  archived_at_ms INTEGER NOT NULL
) STRICT;
