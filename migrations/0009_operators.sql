-- Operators of the console, who sign in by themselves: who they are, what proves it, their sessions, and the links by which they come in. What a cell
-- needs to admit a session is in `operators` and `operator_sessions` and is copied there; what proves a person stays at the desk.

CREATE TABLE operators (
  id TEXT PRIMARY KEY NOT NULL,
  role TEXT NOT NULL,
  status TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE operator_accounts (
  operator_id TEXT PRIMARY KEY NOT NULL,
  -- Blind index of the e-mail address; address and name themselves are sealed.
  email_index BLOB NOT NULL,
  person_sealed BLOB NOT NULL,
  -- Null until an invitation was accepted.
  password_sealed BLOB,
  totp_sealed BLOB,
  -- The last time step whose code was used: none is used twice.
  totp_step INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX operator_accounts_email ON operator_accounts (email_index);

CREATE TABLE operator_sessions (
  -- SHA-256 of the token in the cookie.
  hash TEXT PRIMARY KEY NOT NULL,
  operator_id TEXT NOT NULL,
  method TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  seen_at_ms INTEGER NOT NULL,
  ends_at_ms INTEGER NOT NULL,
  revoked_at_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX operator_sessions_operator ON operator_sessions (operator_id);

CREATE TABLE operator_invitations (
  -- SHA-256 of the token in the link.
  hash TEXT PRIMARY KEY NOT NULL,
  operator_id TEXT NOT NULL,
  totp_sealed BLOB NOT NULL,
  created_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX operator_invitations_operator ON operator_invitations (operator_id);

-- Tries of late, by a blind index of the e-mail address or of the network address.
CREATE TABLE sign_in_tries (
  who_index BLOB PRIMARY KEY NOT NULL,
  tries INTEGER NOT NULL,
  since_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Whose an operator key is; null for those of nobody in particular.
ALTER TABLE api_keys ADD COLUMN operator_id TEXT;

CREATE TRIGGER operators_inserted AFTER INSERT ON operators BEGIN
  INSERT INTO desk_revisions VALUES ('operators', json_array(NEW.id), (SELECT coalesce(max(revision), 0) + 1 FROM desk_revisions))
  ON CONFLICT (source, key) DO UPDATE SET revision = excluded.revision;
END;
CREATE TRIGGER operators_updated AFTER UPDATE ON operators BEGIN
  INSERT INTO desk_revisions VALUES ('operators', json_array(NEW.id), (SELECT coalesce(max(revision), 0) + 1 FROM desk_revisions))
  ON CONFLICT (source, key) DO UPDATE SET revision = excluded.revision;
END;
CREATE TRIGGER operator_sessions_inserted AFTER INSERT ON operator_sessions BEGIN
  INSERT INTO desk_revisions VALUES ('operator_sessions', json_array(NEW.hash), (SELECT coalesce(max(revision), 0) + 1 FROM desk_revisions))
  ON CONFLICT (source, key) DO UPDATE SET revision = excluded.revision;
END;
CREATE TRIGGER operator_sessions_updated AFTER UPDATE ON operator_sessions BEGIN
  INSERT INTO desk_revisions VALUES ('operator_sessions', json_array(NEW.hash), (SELECT coalesce(max(revision), 0) + 1 FROM desk_revisions))
  ON CONFLICT (source, key) DO UPDATE SET revision = excluded.revision;
END;
CREATE TRIGGER operator_sessions_deleted AFTER DELETE ON operator_sessions BEGIN
  INSERT INTO desk_revisions VALUES ('operator_sessions', json_array(OLD.hash), (SELECT coalesce(max(revision), 0) + 1 FROM desk_revisions))
  ON CONFLICT (source, key) DO UPDATE SET revision = excluded.revision;
END;
