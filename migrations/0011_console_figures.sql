-- Who comes back: applications with a loan whose borrower has submitted another since.
ALTER TABLE funnel_rollups ADD COLUMN reloan INTEGER NOT NULL DEFAULT 0;

-- What was spent on a channel in a day of China, as operators enter it: what approvals and earnings are held against. The newest word counts; the
-- words before it are in the audit.
CREATE TABLE channel_spend (
  channel_id TEXT NOT NULL,
  day TEXT NOT NULL,
  spend_fen INTEGER NOT NULL,
  author TEXT NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  PRIMARY KEY (channel_id, day)
) STRICT, WITHOUT ROWID;

-- What the console lists must be found without a look at every row: who waits for a person, an application's state while it is a rare one, a
-- channel; attempts at a funder, counted; deliveries that did not go through. What most rows are is left out of an index where it can be, so that
-- it stays small and costs an application little.
CREATE INDEX applications_quarantined ON applications (id) WHERE quarantined = 1;
CREATE INDEX applications_state ON applications (state, id) WHERE state NOT IN ('refused', 'declined', 'disbursed');
CREATE INDEX applications_channel ON applications (channel_id, id);
CREATE INDEX attempts_state ON attempts (funder_id, state, submitted_at_ms);
CREATE INDEX deliveries_open ON deliveries (endpoint_id, state, id) WHERE state <> 'delivered';
