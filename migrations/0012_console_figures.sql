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
