CREATE TABLE `audit` (
	`id` integer PRIMARY KEY NOT NULL,
	`workspace_id` integer NOT NULL,
	`campaign_id` integer,
	`kind` text NOT NULL,
	`subject` integer NOT NULL,
	`actor` text NOT NULL,
	`reason` text,
	`data` text NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `audit_campaign` ON `audit` (`campaign_id`,`id`);--> statement-breakpoint
CREATE INDEX `audit_subject` ON `audit` (`workspace_id`,`kind`,`subject`);--> statement-breakpoint
CREATE TABLE `applications` (
	`id` integer PRIMARY KEY NOT NULL,
	`workspace_id` integer NOT NULL,
	`campaign_id` integer NOT NULL,
	`identity_hash` text NOT NULL,
	`invite_id` integer NOT NULL,
	`gate_version` integer NOT NULL,
	`state` text NOT NULL,
	`sealed` text NOT NULL,
	`attempt` integer NOT NULL,
	`ticket` text,
	`tries` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`due_at` integer,
	FOREIGN KEY (`campaign_id`) REFERENCES `campaigns`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `applications_person` ON `applications` (`campaign_id`,`identity_hash`);--> statement-breakpoint
CREATE INDEX `applications_identity` ON `applications` (`workspace_id`,`identity_hash`);--> statement-breakpoint
CREATE INDEX `applications_due` ON `applications` (`due_at`) WHERE due_at IS NOT NULL;--> statement-breakpoint
CREATE TABLE `checks` (
	`participant_id` integer PRIMARY KEY NOT NULL,
	`workspace_id` integer NOT NULL,
	`campaign_id` integer NOT NULL,
	`state` text NOT NULL,
	`due_at` integer,
	`since` integer,
	`grace_until` integer,
	`exempt_until` integer,
	`leaves` text,
	`checked_at` integer
);
--> statement-breakpoint
CREATE INDEX `checks_due` ON `checks` (`due_at`) WHERE due_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX `checks_state` ON `checks` (`campaign_id`,`state`,`participant_id`);--> statement-breakpoint
CREATE TABLE `contacts` (
	`id` integer PRIMARY KEY NOT NULL,
	`workspace_id` integer NOT NULL,
	`campaign_id` integer NOT NULL,
	`identity_hash` text NOT NULL,
	`code_hash` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`sent_at` integer NOT NULL,
	`sent_before` integer,
	`sent_first` integer,
	`expires_at` integer NOT NULL,
	`verified_at` integer,
	`verified_by` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `contacts_person` ON `contacts` (`campaign_id`,`identity_hash`);--> statement-breakpoint
CREATE INDEX `contacts_identity` ON `contacts` (`workspace_id`,`identity_hash`);--> statement-breakpoint
CREATE TABLE `quotas` (
	`workspace_id` integer NOT NULL,
	`campaign_id` integer NOT NULL,
	`key` text NOT NULL,
	`period` text NOT NULL,
	`used` integer NOT NULL,
	PRIMARY KEY(`campaign_id`, `key`, `period`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `reviews` (
	`id` integer PRIMARY KEY NOT NULL,
	`workspace_id` integer NOT NULL,
	`campaign_id` integer NOT NULL,
	`identity_hash` text NOT NULL,
	`kind` text NOT NULL,
	`queue` text NOT NULL,
	`application_id` integer,
	`participant_id` integer,
	`state` text NOT NULL,
	`evidence` text NOT NULL,
	`opened_at` integer NOT NULL,
	`due_at` integer NOT NULL,
	`assignee` text,
	`decided_at` integer,
	`decided_by` text,
	`reason` text,
	`tries` integer DEFAULT 1 NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`campaign_id`) REFERENCES `campaigns`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `reviews_case` ON `reviews` (`campaign_id`,`identity_hash`,`kind`,`queue`);--> statement-breakpoint
CREATE INDEX `reviews_open` ON `reviews` (`campaign_id`,`state`,`id`);--> statement-breakpoint
CREATE TABLE `order_sources` (
	`id` integer PRIMARY KEY NOT NULL,
	`workspace_id` integer NOT NULL,
	`provider` text NOT NULL,
	`name` text NOT NULL,
	`sealed` text NOT NULL,
	`created_at` integer NOT NULL,
	`revoked_at` integer,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `order_sources_workspace` ON `order_sources` (`workspace_id`,`id`);--> statement-breakpoint
CREATE TABLE `orders` (
	`id` integer PRIMARY KEY NOT NULL,
	`workspace_id` integer NOT NULL,
	`source` text NOT NULL,
	`reference` text NOT NULL,
	`campaign_id` integer,
	`holder_hash` text,
	`held_at` integer,
	`amount` integer NOT NULL,
	`refunded` integer DEFAULT 0 NOT NULL,
	`currency` text NOT NULL,
	`items` text NOT NULL,
	`paid_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `orders_workspace` ON `orders` (`workspace_id`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `orders_reference` ON `orders` (`workspace_id`,`source`,`reference`);--> statement-breakpoint
CREATE INDEX `orders_offered` ON `orders` (`workspace_id`,`reference`);--> statement-breakpoint
CREATE INDEX `orders_holder` ON `orders` (`workspace_id`,`holder_hash`,`paid_at`);--> statement-breakpoint
CREATE TABLE `receipts` (
	`id` integer PRIMARY KEY NOT NULL,
	`workspace_id` integer NOT NULL,
	`source` text NOT NULL,
	`event` text NOT NULL,
	`effect` text NOT NULL,
	`order_reference` text,
	`digest` text NOT NULL,
	`amount` integer,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `receipts_event` ON `receipts` (`workspace_id`,`source`,`event`);--> statement-breakpoint
CREATE INDEX `receipts_order` ON `receipts` (`workspace_id`,`source`,`order_reference`);--> statement-breakpoint
CREATE TABLE `list_entries` (
	`workspace_id` integer NOT NULL,
	`list_id` integer NOT NULL,
	`hash` text NOT NULL,
	`added_at` integer NOT NULL,
	PRIMARY KEY(`list_id`, `hash`),
	FOREIGN KEY (`list_id`) REFERENCES `lists`(`id`) ON UPDATE no action ON DELETE no action
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `list_entries_hash` ON `list_entries` (`workspace_id`,`hash`);--> statement-breakpoint
CREATE TABLE `lists` (
	`id` integer PRIMARY KEY NOT NULL,
	`workspace_id` integer NOT NULL,
	`name` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `lists_name` ON `lists` (`workspace_id`,`name`);--> statement-breakpoint
CREATE TABLE `profiles` (
	`workspace_id` integer NOT NULL,
	`community_id` integer NOT NULL,
	`identity_hash` text NOT NULL,
	`level` integer,
	`tags` text NOT NULL,
	`attributes` text NOT NULL,
	`last_read_at` integer,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`community_id`, `identity_hash`),
	FOREIGN KEY (`community_id`) REFERENCES `communities`(`id`) ON UPDATE no action ON DELETE no action
) WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `access_codes` ADD `batch_id` integer;--> statement-breakpoint
ALTER TABLE `access_codes` ADD `issuer` integer;--> statement-breakpoint
ALTER TABLE `access_codes` ADD `role` text;--> statement-breakpoint
CREATE INDEX `access_codes_batch` ON `access_codes` (`batch_id`) WHERE batch_id IS NOT NULL;--> statement-breakpoint
ALTER TABLE `gates` ADD `rechecks` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `evaluations` ADD `facts_digest` text;--> statement-breakpoint
ALTER TABLE `evaluations` ADD `facts` text;--> statement-breakpoint
CREATE INDEX `evaluations_facts` ON `evaluations` (`campaign_id`,`updated_at`) WHERE facts IS NOT NULL;
--> statement-breakpoint
CREATE TRIGGER audit_kept_update BEFORE UPDATE ON audit
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER audit_kept_delete BEFORE DELETE ON audit
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is append-only');
END;
