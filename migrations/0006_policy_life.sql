-- Several policies, one for each application: which one it was given, by which segment, on which arm of an experiment. Drafts of policies, and
-- changes that come into force at a time of their own.

ALTER TABLE applications ADD COLUMN policy_id TEXT;
ALTER TABLE applications ADD COLUMN segment_id TEXT;
ALTER TABLE applications ADD COLUMN arm TEXT;

-- Null: made while one policy decided for all, the first by id.
ALTER TABLE plans ADD COLUMN policy_id TEXT;

ALTER TABLE desk_changes ADD COLUMN publish_at_ms INTEGER;
ALTER TABLE desk_changes ADD COLUMN faults TEXT;
-- What is waiting for a decision or for its time is looked for by the record it is about.
CREATE INDEX desk_changes_open ON desk_changes (kind, record_id) WHERE state IN ('proposed', 'scheduled');

CREATE TABLE policy_drafts (
  id TEXT PRIMARY KEY NOT NULL,
  body TEXT NOT NULL,
  revision INTEGER NOT NULL,
  -- The policy its body names, and that policy's version it was written against; 0 when there is none in force.
  policy_id TEXT,
  base_version INTEGER NOT NULL,
  change_id TEXT,
  author TEXT NOT NULL,
  updated_by TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
