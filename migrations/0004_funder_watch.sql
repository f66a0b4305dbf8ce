-- Alarms about funders and channels that stand at this moment, and the indexes by which "what has been waiting, and for how long" is read without
-- walking through everything that ever was. Both hold only what is open.

CREATE TABLE alarms (
  subject TEXT NOT NULL,
  kind TEXT NOT NULL,
  detail TEXT NOT NULL,
  since_ms INTEGER NOT NULL,
  seen_at_ms INTEGER NOT NULL,
  PRIMARY KEY (subject, kind)
) STRICT, WITHOUT ROWID;

CREATE INDEX attempts_waiting ON attempts (funder_id, state, created_at_ms) WHERE state IN ('unknown', 'pending', 'authorising');
CREATE INDEX loans_waiting ON loans (funder_id, state, created_at_ms) WHERE state IN ('contracting', 'disbursing');
