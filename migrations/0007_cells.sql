-- What many cells need: which rows of the desk changed when, what the desk has lent to which cell, and in which cells an ID number is known.

-- One entry for each row that a cell copies, under the revision of its last change; a row that is gone keeps its entry.
CREATE TABLE desk_revisions (
  source TEXT NOT NULL,
  -- The row's primary key, as a JSON array.
  key TEXT NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (source, key)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX desk_revisions_revision ON desk_revisions (revision);

INSERT INTO desk_revisions (source, key, revision)
SELECT source, key, row_number() OVER (ORDER BY source, key) FROM (
  SELECT 'desk_records' AS source, json_array(kind, id, version) AS key FROM desk_records
  UNION ALL SELECT 'api_keys', json_array(id) FROM api_keys
  UNION ALL SELECT 'desk_secrets', json_array(owner, slot) FROM desk_secrets
  UNION ALL SELECT 'blacklist', json_array(kind, mark) FROM blacklist
  UNION ALL SELECT 'endpoint_health', json_array(endpoint_id) FROM endpoint_health WHERE disabled_at_ms IS NOT NULL
);

-- By trigger, so that no writer of these tables can forget it.
CREATE TRIGGER desk_records_inserted AFTER INSERT ON desk_records BEGIN
  INSERT INTO desk_revisions VALUES ('desk_records', json_array(NEW.kind, NEW.id, NEW.version), (SELECT coalesce(max(revision), 0) + 1 FROM desk_revisions))
  ON CONFLICT (source, key) DO UPDATE SET revision = excluded.revision;
END;
CREATE TRIGGER api_keys_inserted AFTER INSERT ON api_keys BEGIN
  INSERT INTO desk_revisions VALUES ('api_keys', json_array(NEW.id), (SELECT coalesce(max(revision), 0) + 1 FROM desk_revisions))
  ON CONFLICT (source, key) DO UPDATE SET revision = excluded.revision;
END;
CREATE TRIGGER api_keys_updated AFTER UPDATE ON api_keys BEGIN
  INSERT INTO desk_revisions VALUES ('api_keys', json_array(NEW.id), (SELECT coalesce(max(revision), 0) + 1 FROM desk_revisions))
  ON CONFLICT (source, key) DO UPDATE SET revision = excluded.revision;
END;
CREATE TRIGGER desk_secrets_inserted AFTER INSERT ON desk_secrets BEGIN
  INSERT INTO desk_revisions VALUES ('desk_secrets', json_array(NEW.owner, NEW.slot), (SELECT coalesce(max(revision), 0) + 1 FROM desk_revisions))
  ON CONFLICT (source, key) DO UPDATE SET revision = excluded.revision;
END;
CREATE TRIGGER desk_secrets_updated AFTER UPDATE ON desk_secrets BEGIN
  INSERT INTO desk_revisions VALUES ('desk_secrets', json_array(NEW.owner, NEW.slot), (SELECT coalesce(max(revision), 0) + 1 FROM desk_revisions))
  ON CONFLICT (source, key) DO UPDATE SET revision = excluded.revision;
END;
CREATE TRIGGER desk_secrets_deleted AFTER DELETE ON desk_secrets BEGIN
  INSERT INTO desk_revisions VALUES ('desk_secrets', json_array(OLD.owner, OLD.slot), (SELECT coalesce(max(revision), 0) + 1 FROM desk_revisions))
  ON CONFLICT (source, key) DO UPDATE SET revision = excluded.revision;
END;
CREATE TRIGGER blacklist_inserted AFTER INSERT ON blacklist BEGIN
  INSERT INTO desk_revisions VALUES ('blacklist', json_array(NEW.kind, NEW.mark), (SELECT coalesce(max(revision), 0) + 1 FROM desk_revisions))
  ON CONFLICT (source, key) DO UPDATE SET revision = excluded.revision;
END;
CREATE TRIGGER blacklist_deleted AFTER DELETE ON blacklist BEGIN
  INSERT INTO desk_revisions VALUES ('blacklist', json_array(OLD.kind, OLD.mark), (SELECT coalesce(max(revision), 0) + 1 FROM desk_revisions))
  ON CONFLICT (source, key) DO UPDATE SET revision = excluded.revision;
END;
-- Whether a receiver is out of use is everybody's business; since when it fails is each cell's own.
CREATE TRIGGER endpoint_health_inserted AFTER INSERT ON endpoint_health WHEN NEW.disabled_at_ms IS NOT NULL BEGIN
  INSERT INTO desk_revisions VALUES ('endpoint_health', json_array(NEW.endpoint_id), (SELECT coalesce(max(revision), 0) + 1 FROM desk_revisions))
  ON CONFLICT (source, key) DO UPDATE SET revision = excluded.revision;
END;
CREATE TRIGGER endpoint_health_updated AFTER UPDATE ON endpoint_health WHEN NEW.disabled_at_ms IS NOT OLD.disabled_at_ms BEGIN
  INSERT INTO desk_revisions VALUES ('endpoint_health', json_array(NEW.endpoint_id), (SELECT coalesce(max(revision), 0) + 1 FROM desk_revisions))
  ON CONFLICT (source, key) DO UPDATE SET revision = excluded.revision;
END;

-- At the desk: what each cell holds of each cap window, and the last statement of its holding that was heard.
CREATE TABLE cap_loans (
  cell INTEGER NOT NULL,
  key TEXT NOT NULL,
  turn INTEGER NOT NULL,
  lent INTEGER NOT NULL,
  PRIMARY KEY (cell, key)
) STRICT, WITHOUT ROWID;

-- In a cell: how often it has stated what it holds, and whether the last statement has not been answered yet.
ALTER TABLE cap_leases ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cap_leases ADD COLUMN untold INTEGER NOT NULL DEFAULT 0;
CREATE INDEX cap_leases_open ON cap_leases (key) WHERE leased > used OR untold = 1;

-- In the cell that an ID number's mark names: the cells in which somebody applied with it.
CREATE TABLE id_register (
  id_index BLOB NOT NULL,
  cell INTEGER NOT NULL,
  told_at_ms INTEGER NOT NULL,
  PRIMARY KEY (id_index, cell)
) STRICT, WITHOUT ROWID;
CREATE INDEX id_register_told ON id_register (told_at_ms);
