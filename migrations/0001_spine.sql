-- The spine: borrowers and what happens to their applications in a cell, the desk's records, webhooks and partner offers.
-- Personal data is held in *_sealed columns alone. STRICT, so that a wrong type is an error and not a surprise.

CREATE TABLE api_keys (
  id TEXT PRIMARY KEY NOT NULL,
  hash TEXT NOT NULL,
  kind TEXT NOT NULL,
  channel_id TEXT,
  role TEXT,
  name TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  revoked_at_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX api_keys_hash ON api_keys (hash);

CREATE TABLE applications (
  id TEXT PRIMARY KEY NOT NULL,
  borrower_id TEXT NOT NULL,
  channel_id TEXT NOT NULL,
  variant TEXT,
  state TEXT NOT NULL,
  body_sealed BLOB,
  amount_fen INTEGER,
  term_months INTEGER,
  band TEXT,
  reasons TEXT NOT NULL,
  quarantined INTEGER NOT NULL,
  released INTEGER NOT NULL,
  plan_id TEXT,
  refused_recipients TEXT NOT NULL,
  event_seq INTEGER NOT NULL,
  phone_index TEXT,
  id_index TEXT,
  device_index TEXT,
  ip_index TEXT,
  created_at_ms INTEGER NOT NULL,
  submitted_at_ms INTEGER,
  deadline_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL
) STRICT;
-- A borrower is one phone, so the phone needs no index of its own; keyed hashes come in no order, and each index of them costs a page a row.
CREATE INDEX applications_borrower ON applications (borrower_id, submitted_at_ms);
CREATE INDEX applications_id_number ON applications (id_index, submitted_at_ms);
CREATE INDEX applications_device ON applications (device_index, submitted_at_ms);
CREATE INDEX applications_ip ON applications (ip_index, submitted_at_ms);

CREATE TABLE attempts (
  id TEXT PRIMARY KEY NOT NULL,
  application_id TEXT NOT NULL,
  borrower_id TEXT NOT NULL,
  funder_id TEXT NOT NULL,
  ordinal INTEGER NOT NULL,
  plan_id TEXT NOT NULL,
  state TEXT NOT NULL,
  funder_ref TEXT,
  event_at_ms INTEGER,
  likelihood_ppm INTEGER NOT NULL,
  prior_ppm INTEGER NOT NULL,
  reason TEXT,
  reserved TEXT NOT NULL,
  amount_fen INTEGER NOT NULL,
  polls INTEGER NOT NULL,
  submitted_at_ms INTEGER,
  decided_at_ms INTEGER,
  deadline_at_ms INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX attempts_application_funder ON attempts (application_id, funder_id);
CREATE INDEX attempts_funder_ref ON attempts (funder_id, funder_ref) WHERE funder_ref IS NOT NULL;

CREATE TABLE audit (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;

-- Length and last hash of the chain, under a keyed mark: what shows that its end was cut off.
CREATE TABLE audit_head (
  one INTEGER PRIMARY KEY NOT NULL CHECK (one = 1),
  count INTEGER NOT NULL,
  hash TEXT NOT NULL,
  mark TEXT NOT NULL
) STRICT;

CREATE TABLE blacklist (
  kind TEXT NOT NULL,
  mark TEXT NOT NULL,
  reason TEXT NOT NULL,
  author TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  PRIMARY KEY (kind, mark)
) STRICT, WITHOUT ROWID;

CREATE TABLE borrowers (
  id TEXT PRIMARY KEY NOT NULL,
  phone_index TEXT,
  data_key BLOB,
  created_at_ms INTEGER NOT NULL,
  erased_at_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX borrowers_phone ON borrowers (phone_index);

CREATE TABLE callbacks (
  id TEXT PRIMARY KEY NOT NULL,
  funder_id TEXT NOT NULL,
  dedupe_key TEXT NOT NULL,
  state TEXT NOT NULL,
  raw_sealed BLOB,
  attempt_id TEXT,
  detail TEXT,
  received_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX callbacks_dedupe ON callbacks (dedupe_key);
CREATE INDEX callbacks_attempt ON callbacks (attempt_id);
CREATE INDEX callbacks_funder ON callbacks (funder_id, received_at_ms);

CREATE TABLE cap_leases (
  key TEXT PRIMARY KEY NOT NULL,
  funder_id TEXT NOT NULL,
  leased INTEGER NOT NULL,
  used INTEGER NOT NULL
) STRICT;

CREATE TABLE cap_quotas (
  key TEXT PRIMARY KEY NOT NULL,
  leased INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE partner_clicks (
  id TEXT PRIMARY KEY NOT NULL,
  impression_id TEXT NOT NULL,
  offer_id TEXT NOT NULL,
  partner_id TEXT NOT NULL,
  earned_fen INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX partner_clicks_impression ON partner_clicks (impression_id);

CREATE TABLE consents (
  id TEXT NOT NULL,
  borrower_id TEXT NOT NULL,
  application_id TEXT NOT NULL,
  recipient TEXT NOT NULL,
  legal_entity TEXT NOT NULL,
  purpose TEXT NOT NULL,
  fields TEXT NOT NULL,
  text_version TEXT NOT NULL,
  text_hash TEXT NOT NULL,
  agreed_at_ms INTEGER NOT NULL,
  recorded_at_ms INTEGER NOT NULL,
  withdrawn_at_ms INTEGER,
  PRIMARY KEY (application_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE consumers (
  name TEXT PRIMARY KEY NOT NULL,
  cursor INTEGER NOT NULL,
  state TEXT NOT NULL,
  updated_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE partner_conversions (
  dedupe_key TEXT PRIMARY KEY NOT NULL,
  click_id TEXT NOT NULL,
  offer_id TEXT NOT NULL,
  partner_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  earned_fen INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX partner_conversions_offer ON partner_conversions (offer_id);

CREATE TABLE deliveries (
  id TEXT PRIMARY KEY NOT NULL,
  endpoint_id TEXT NOT NULL,
  event_seq INTEGER NOT NULL,
  type TEXT NOT NULL,
  state TEXT NOT NULL,
  tries INTEGER NOT NULL,
  last_status INTEGER,
  last_error TEXT,
  created_at_ms INTEGER NOT NULL,
  first_try_at_ms INTEGER,
  ended_at_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_endpoint ON deliveries (endpoint_id, event_seq);

CREATE TABLE desk_changes (
  id TEXT PRIMARY KEY NOT NULL,
  kind TEXT NOT NULL,
  record_id TEXT NOT NULL,
  body TEXT NOT NULL,
  retire INTEGER NOT NULL,
  hash TEXT NOT NULL,
  base_version INTEGER NOT NULL,
  note TEXT NOT NULL,
  author TEXT NOT NULL,
  state TEXT NOT NULL,
  decided_by TEXT,
  created_at_ms INTEGER NOT NULL,
  decided_at_ms INTEGER
) STRICT;

CREATE TABLE desk_records (
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  body TEXT NOT NULL,
  retired INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  author TEXT NOT NULL,
  approver TEXT,
  PRIMARY KEY (kind, id, version)
) STRICT, WITHOUT ROWID;
-- Versions of all records in the order they came into force: the desk as of snapshot N is what has an ordinal up to N.
CREATE UNIQUE INDEX desk_records_ordinal ON desk_records (ordinal);

CREATE TABLE desk_secrets (
  owner TEXT NOT NULL,
  slot TEXT NOT NULL,
  sealed BLOB NOT NULL,
  created_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER,
  PRIMARY KEY (owner, slot)
) STRICT, WITHOUT ROWID;

CREATE TABLE documents (
  id TEXT PRIMARY KEY NOT NULL,
  kind TEXT NOT NULL,
  channel_id TEXT NOT NULL,
  application_id TEXT,
  data_key BLOB,
  ok INTEGER NOT NULL,
  problems TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX documents_application ON documents (application_id);
CREATE INDEX documents_unclaimed ON documents (created_at_ms) WHERE application_id IS NULL;

CREATE TABLE endpoint_health (
  endpoint_id TEXT PRIMARY KEY NOT NULL,
  failing_since_ms INTEGER,
  disabled_at_ms INTEGER,
  disabled_reason TEXT
) STRICT;

CREATE TABLE events (
  seq INTEGER PRIMARY KEY,
  type TEXT NOT NULL,
  application_id TEXT,
  application_seq INTEGER,
  channel_id TEXT,
  at_ms INTEGER NOT NULL,
  data TEXT NOT NULL
) STRICT;
CREATE INDEX events_application ON events (application_id, application_seq);

CREATE TABLE idempotency (
  id TEXT PRIMARY KEY NOT NULL,
  fingerprint TEXT NOT NULL,
  status INTEGER NOT NULL,
  body_sealed BLOB NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE partner_impressions (
  id TEXT PRIMARY KEY NOT NULL,
  application_id TEXT NOT NULL,
  borrower_id TEXT NOT NULL,
  offer_id TEXT NOT NULL,
  rank INTEGER NOT NULL,
  expected_fen INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX partner_impressions_borrower ON partner_impressions (borrower_id, created_at_ms);
CREATE INDEX partner_impressions_application ON partner_impressions (application_id);

CREATE TABLE loans (
  id TEXT PRIMARY KEY NOT NULL,
  application_id TEXT NOT NULL,
  borrower_id TEXT NOT NULL,
  attempt_id TEXT NOT NULL,
  offer_id TEXT NOT NULL,
  funder_id TEXT NOT NULL,
  state TEXT NOT NULL,
  amount_fen INTEGER NOT NULL,
  plan TEXT NOT NULL,
  overdue_days INTEGER NOT NULL,
  draw_tries INTEGER NOT NULL,
  event_at_ms INTEGER,
  disbursed_at_ms INTEGER,
  created_at_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX loans_attempt ON loans (attempt_id);
CREATE INDEX loans_application ON loans (application_id);

CREATE TABLE offers (
  id TEXT PRIMARY KEY NOT NULL,
  application_id TEXT NOT NULL,
  attempt_id TEXT NOT NULL,
  funder_id TEXT NOT NULL,
  state TEXT NOT NULL,
  amount_fen INTEGER NOT NULL,
  term_months INTEGER NOT NULL,
  quoted_apr_bps INTEGER NOT NULL,
  all_in_apr_bps INTEGER,
  plan TEXT NOT NULL,
  fees TEXT NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  disclosure_hash TEXT,
  disclosed_at_ms INTEGER,
  confirmed_at_ms INTEGER,
  created_at_ms INTEGER NOT NULL
) STRICT;
-- An attempt is of one application, so this is unique by attempt as well.
CREATE UNIQUE INDEX offers_attempt ON offers (application_id, attempt_id);

CREATE TABLE partner_offer_counts (
  offer_id TEXT PRIMARY KEY NOT NULL,
  shown INTEGER NOT NULL,
  clicks INTEGER NOT NULL,
  leads INTEGER NOT NULL,
  sales INTEGER NOT NULL,
  earned_fen INTEGER NOT NULL
) STRICT;

CREATE TABLE phone_verifications (
  id TEXT PRIMARY KEY NOT NULL,
  phone_index TEXT NOT NULL,
  ip_index TEXT NOT NULL,
  code_hash TEXT NOT NULL,
  wrong_tries INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  confirmed_at_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX phone_verifications_phone ON phone_verifications (phone_index, created_at_ms);
CREATE INDEX phone_verifications_ip ON phone_verifications (ip_index, created_at_ms);

CREATE TABLE plans (
  id TEXT NOT NULL,
  application_id TEXT NOT NULL,
  ordinal INTEGER NOT NULL,
  inputs_sealed BLOB,
  result TEXT NOT NULL,
  snapshot_version INTEGER NOT NULL,
  policy_version INTEGER NOT NULL,
  model_version INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  PRIMARY KEY (application_id, id)
) STRICT;

CREATE TABLE receipts (
  id TEXT NOT NULL,
  attempt_id TEXT NOT NULL,
  consent_id TEXT NOT NULL,
  legal_entity TEXT NOT NULL,
  capability TEXT NOT NULL,
  fields TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  exchange_sealed BLOB,
  outcome TEXT,
  latency_ms INTEGER,
  PRIMARY KEY (attempt_id, id)
) STRICT;

CREATE TABLE timers (
  kind TEXT NOT NULL,
  ref TEXT NOT NULL,
  due_at_ms INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  PRIMARY KEY (kind, ref)
) STRICT, WITHOUT ROWID;
CREATE INDEX timers_due ON timers (due_at_ms);

CREATE TABLE tombstones (
  mark TEXT PRIMARY KEY NOT NULL,
  erased_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Facts of this instance itself, such as the mark of the root its blind indexes derive from.
CREATE TABLE instance_facts (
  name TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The store's own half of "no consent, no byte": a receipt, without which no call is made, needs a consent of this
-- legal entity that is not withdrawn and names every field.
CREATE TRIGGER receipts_need_live_consent BEFORE INSERT ON receipts
WHEN NOT EXISTS (
  SELECT 1 FROM consents c JOIN attempts a ON a.id = NEW.attempt_id
  WHERE c.id = NEW.consent_id AND c.application_id = a.application_id AND c.legal_entity = NEW.legal_entity
    AND c.purpose = 'credit_decision' AND c.withdrawn_at_ms IS NULL
    -- Mostly the very same list, and then it need not be taken apart.
    AND (NEW.fields = c.fields OR NOT EXISTS (SELECT value FROM json_each(NEW.fields) EXCEPT SELECT value FROM json_each(c.fields)))
)
BEGIN SELECT RAISE(ABORT, 'no live consent covers this receipt'); END;

-- The audit chain is only ever added to.
CREATE TRIGGER audit_is_append_only_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_is_append_only_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
