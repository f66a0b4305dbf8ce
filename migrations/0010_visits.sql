-- Visits of the borrower's page, each visitor once a day, so that the way from the first look to the submission can be counted. `mark` is a keyed tag of the
-- day, the channel and a number the browser made up: two days of one visitor have nothing in common. Rows serve to know repeats and floods, and go after two days.

CREATE TABLE visits (
  mark TEXT PRIMARY KEY NOT NULL,
  ip_mark TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX visits_ip ON visits (ip_mark, created_at_ms);
CREATE INDEX visits_created ON visits (created_at_ms);

-- The steps before the submission. What is counted already is counted again from the feed, by the new rules.
ALTER TABLE funnel_rollups ADD COLUMN visited INTEGER NOT NULL DEFAULT 0;
ALTER TABLE funnel_rollups ADD COLUMN phone_verified INTEGER NOT NULL DEFAULT 0;
ALTER TABLE funnel_rollups ADD COLUMN step_identity INTEGER NOT NULL DEFAULT 0;
ALTER TABLE funnel_rollups ADD COLUMN step_work INTEGER NOT NULL DEFAULT 0;
ALTER TABLE funnel_rollups ADD COLUMN step_assets INTEGER NOT NULL DEFAULT 0;
ALTER TABLE funnel_rollups ADD COLUMN step_purpose INTEGER NOT NULL DEFAULT 0;
ALTER TABLE funnel_rollups ADD COLUMN step_photos INTEGER NOT NULL DEFAULT 0;
