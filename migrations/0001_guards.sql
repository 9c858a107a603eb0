-- What must never change, whoever asks: a participant's place in the tree, and the ledger.
CREATE TRIGGER participants_fixed_place BEFORE UPDATE OF parent_id, depth, campaign_id, workspace_id ON participants
BEGIN
  SELECT RAISE(ABORT, 'a participant''s place in the tree never changes');
END;
--> statement-breakpoint
CREATE TRIGGER participants_grow_downwards BEFORE INSERT ON participants WHEN NEW.parent_id IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'a parent must be an earlier participant of the same campaign')
  WHERE NOT EXISTS (
    SELECT 1 FROM participants p
    WHERE p.id = NEW.parent_id AND p.campaign_id = NEW.campaign_id AND p.depth = NEW.depth - 1 AND p.id < NEW.id
  );
END;
--> statement-breakpoint
CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger
BEGIN
  SELECT RAISE(ABORT, 'the ledger is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger
BEGIN
  SELECT RAISE(ABORT, 'the ledger is append-only');
END;
