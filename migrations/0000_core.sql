CREATE TABLE `access_codes` (
	`id` integer PRIMARY KEY NOT NULL,
	`workspace_id` integer NOT NULL,
	`campaign_id` integer NOT NULL,
	`hash` text NOT NULL,
	`seed` text NOT NULL,
	`label` text,
	`recipient_hash` text,
	`max_uses` integer NOT NULL,
	`uses` integer DEFAULT 0 NOT NULL,
	`starts_at` integer,
	`expires_at` integer,
	`revoked_at` integer,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`campaign_id`) REFERENCES `campaigns`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `access_codes_hash` ON `access_codes` (`campaign_id`,`hash`);--> statement-breakpoint
CREATE INDEX `access_codes_campaign` ON `access_codes` (`campaign_id`,`id`);--> statement-breakpoint
CREATE TABLE `campaign_groups` (
	`workspace_id` integer NOT NULL,
	`campaign_id` integer NOT NULL,
	`group_id` integer NOT NULL,
	PRIMARY KEY(`campaign_id`, `group_id`),
	FOREIGN KEY (`campaign_id`) REFERENCES `campaigns`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`group_id`) REFERENCES `groups`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `campaigns` (
	`id` integer PRIMARY KEY NOT NULL,
	`workspace_id` integer NOT NULL,
	`community_id` integer NOT NULL,
	`name` text NOT NULL,
	`type` text NOT NULL,
	`status` text NOT NULL,
	`starts_at` integer,
	`ends_at` integer,
	`timezone` text NOT NULL,
	`all_groups` integer NOT NULL,
	`gate_version` integer NOT NULL,
	`settings` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`published_at` integer,
	`ended_at` integer,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`community_id`) REFERENCES `communities`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "campaigns_window" CHECK(starts_at IS NULL OR ends_at IS NULL OR starts_at < ends_at)
);
--> statement-breakpoint
CREATE INDEX `campaigns_workspace` ON `campaigns` (`workspace_id`,`id`);--> statement-breakpoint
CREATE TABLE `displays` (
	`id` integer PRIMARY KEY NOT NULL,
	`workspace_id` integer NOT NULL,
	`campaign_id` integer NOT NULL,
	`invite_id` integer NOT NULL,
	`label` text,
	`created_at` integer NOT NULL,
	`revoked_at` integer,
	`last_seen_at` integer,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`campaign_id`) REFERENCES `campaigns`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`invite_id`) REFERENCES `invites`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `displays_invite` ON `displays` (`invite_id`,`id`);--> statement-breakpoint
CREATE INDEX `displays_campaign` ON `displays` (`campaign_id`);--> statement-breakpoint
CREATE TABLE `gates` (
	`workspace_id` integer NOT NULL,
	`campaign_id` integer NOT NULL,
	`version` integer NOT NULL,
	`gate` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`campaign_id`, `version`),
	FOREIGN KEY (`campaign_id`) REFERENCES `campaigns`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `invites` (
	`id` integer PRIMARY KEY NOT NULL,
	`workspace_id` integer NOT NULL,
	`campaign_id` integer NOT NULL,
	`participant_id` integer,
	`code` text NOT NULL,
	`channel` text,
	`medium` text,
	`label` text,
	`max_uses` integer,
	`uses` integer DEFAULT 0 NOT NULL,
	`rotation` text,
	`starts_at` integer,
	`expires_at` integer,
	`revoked_at` integer,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`campaign_id`) REFERENCES `campaigns`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `invites_code` ON `invites` (`code`);--> statement-breakpoint
CREATE INDEX `invites_campaign` ON `invites` (`campaign_id`,`id`);--> statement-breakpoint
CREATE INDEX `invites_participant` ON `invites` (`participant_id`);--> statement-breakpoint
CREATE TABLE `retired_codes` (
	`code` text PRIMARY KEY NOT NULL,
	`workspace_id` integer NOT NULL,
	`invite_id` integer NOT NULL,
	`retired_at` integer NOT NULL,
	FOREIGN KEY (`invite_id`) REFERENCES `invites`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `communities` (
	`id` integer PRIMARY KEY NOT NULL,
	`workspace_id` integer NOT NULL,
	`name` text NOT NULL,
	`purpose` text NOT NULL,
	`organiser` text NOT NULL,
	`goal` text,
	`values` text NOT NULL,
	`rules` text NOT NULL,
	`commercial_intent` text NOT NULL,
	`locale` text,
	`image_url` text,
	`logo` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `communities_workspace` ON `communities` (`workspace_id`,`id`);--> statement-breakpoint
CREATE TABLE `groups` (
	`id` integer PRIMARY KEY NOT NULL,
	`workspace_id` integer NOT NULL,
	`community_id` integer NOT NULL,
	`name` text NOT NULL,
	`carrier` text NOT NULL,
	`join_url` text,
	`qr_image` text,
	`qr_text` text,
	`merged_into` integer,
	`capacity` integer NOT NULL,
	`used` integer DEFAULT 0 NOT NULL,
	`state` text NOT NULL,
	`priority` integer NOT NULL,
	`weight` integer NOT NULL,
	`expires_at` integer,
	`margin_hours` integer NOT NULL,
	`retires_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`community_id`) REFERENCES `communities`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "groups_seats" CHECK(used BETWEEN 0 AND capacity)
);
--> statement-breakpoint
CREATE INDEX `groups_community` ON `groups` (`community_id`,`id`);--> statement-breakpoint
CREATE INDEX `groups_name` ON `groups` (`community_id`,`name`);--> statement-breakpoint
CREATE INDEX `groups_open` ON `groups` (`community_id`,`priority`,`id`,`retires_at`) WHERE state = 'open' AND used < capacity;--> statement-breakpoint
CREATE TABLE `ledger` (
	`id` integer PRIMARY KEY NOT NULL,
	`workspace_id` integer NOT NULL,
	`campaign_id` integer NOT NULL,
	`kind` text NOT NULL,
	`participant_id` integer NOT NULL,
	`parent_id` integer,
	`group_id` integer,
	`invite_id` integer,
	`gate_version` integer,
	`actor` text NOT NULL,
	`key` text NOT NULL,
	`at` integer NOT NULL,
	FOREIGN KEY (`campaign_id`) REFERENCES `campaigns`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`participant_id`) REFERENCES `participants`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `ledger_key` ON `ledger` (`participant_id`,`kind`,`key`);--> statement-breakpoint
CREATE INDEX `ledger_campaign` ON `ledger` (`campaign_id`,`id`);--> statement-breakpoint
CREATE TABLE `scores` (
	`workspace_id` integer NOT NULL,
	`campaign_id` integer NOT NULL,
	`metric` text NOT NULL,
	`period` text NOT NULL,
	`participant_id` integer NOT NULL,
	`score` integer NOT NULL,
	`reached_at` integer NOT NULL,
	PRIMARY KEY(`campaign_id`, `metric`, `period`, `participant_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `scores_rank` ON `scores` (`campaign_id`,`metric`,`period`,score DESC,`reached_at`,`participant_id`);--> statement-breakpoint
CREATE TABLE `lost_demand` (
	`id` integer PRIMARY KEY NOT NULL,
	`workspace_id` integer NOT NULL,
	`campaign_id` integer NOT NULL,
	`identity_hash` text NOT NULL,
	`invite_id` integer NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `lost_demand_person` ON `lost_demand` (`campaign_id`,`identity_hash`);--> statement-breakpoint
CREATE TABLE `outbox` (
	`id` integer PRIMARY KEY NOT NULL,
	`workspace_id` integer NOT NULL,
	`campaign_id` integer NOT NULL,
	`kind` text NOT NULL,
	`subject` integer NOT NULL,
	`data` text NOT NULL,
	`key` text NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `outbox_key` ON `outbox` (`campaign_id`,`key`);--> statement-breakpoint
CREATE INDEX `outbox_campaign` ON `outbox` (`campaign_id`,`id`);--> statement-breakpoint
CREATE TABLE `evaluations` (
	`id` integer PRIMARY KEY NOT NULL,
	`workspace_id` integer NOT NULL,
	`campaign_id` integer NOT NULL,
	`identity_hash` text NOT NULL,
	`gate_version` integer NOT NULL,
	`result` text NOT NULL,
	`leaves` text NOT NULL,
	`tries` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`campaign_id`) REFERENCES `campaigns`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `evaluations_prospect` ON `evaluations` (`campaign_id`,`identity_hash`,`gate_version`);--> statement-breakpoint
CREATE TABLE `members` (
	`id` integer PRIMARY KEY NOT NULL,
	`workspace_id` integer NOT NULL,
	`community_id` integer NOT NULL,
	`identity_hash` text NOT NULL,
	`identity_type` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`community_id`) REFERENCES `communities`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `members_identity` ON `members` (`community_id`,`identity_hash`);--> statement-breakpoint
CREATE TABLE `participants` (
	`id` integer PRIMARY KEY NOT NULL,
	`workspace_id` integer NOT NULL,
	`campaign_id` integer NOT NULL,
	`member_id` integer NOT NULL,
	`parent_id` integer,
	`depth` integer NOT NULL,
	`invited_via` integer NOT NULL,
	`group_id` integer,
	`gate_version` integer NOT NULL,
	`display_name` text NOT NULL,
	`attributes` text,
	`attempt` integer NOT NULL,
	`ticket` text,
	`joined_at` integer NOT NULL,
	`left_at` integer,
	`seat_state` text,
	`seat_until` integer,
	`seat_confirmed_at` integer,
	`confirmation_source` text,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`campaign_id`) REFERENCES `campaigns`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`member_id`) REFERENCES `members`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`invited_via`) REFERENCES `invites`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`group_id`) REFERENCES `groups`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `participants_group` ON `participants` (`group_id`);--> statement-breakpoint
CREATE INDEX `participants_lapse` ON `participants` (`seat_until`) WHERE seat_state = 'reserved' AND seat_until IS NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `participants_member` ON `participants` (`campaign_id`,`member_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `participants_ticket` ON `participants` (`campaign_id`,`ticket`) WHERE ticket IS NOT NULL;--> statement-breakpoint
CREATE INDEX `participants_campaign` ON `participants` (`campaign_id`,`id`);--> statement-breakpoint
CREATE INDEX `participants_parent` ON `participants` (`parent_id`,`id`);--> statement-breakpoint
CREATE TABLE `waitlist` (
	`id` integer PRIMARY KEY NOT NULL,
	`workspace_id` integer NOT NULL,
	`campaign_id` integer NOT NULL,
	`member_id` integer NOT NULL,
	`invited_via` integer NOT NULL,
	`gate_version` integer NOT NULL,
	`display_name` text NOT NULL,
	`attributes` text,
	`attempt` integer NOT NULL,
	`ticket` text,
	`created_at` integer NOT NULL,
	`promoted_at` integer,
	FOREIGN KEY (`campaign_id`) REFERENCES `campaigns`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`member_id`) REFERENCES `members`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `waitlist_member` ON `waitlist` (`campaign_id`,`member_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `waitlist_ticket` ON `waitlist` (`campaign_id`,`ticket`) WHERE ticket IS NOT NULL;--> statement-breakpoint
CREATE INDEX `waitlist_open` ON `waitlist` (`campaign_id`,`id`) WHERE promoted_at IS NULL;--> statement-breakpoint
CREATE TABLE `scans` (
	`id` integer PRIMARY KEY NOT NULL,
	`workspace_id` integer NOT NULL,
	`campaign_id` integer NOT NULL,
	`invite_id` integer NOT NULL,
	`visitor` text NOT NULL,
	`hour` integer NOT NULL,
	`kind` text NOT NULL,
	`device` text NOT NULL,
	`country` text,
	`at` integer NOT NULL,
	FOREIGN KEY (`campaign_id`) REFERENCES `campaigns`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`invite_id`) REFERENCES `invites`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `scans_visit` ON `scans` (`invite_id`,`hour`,`visitor`);--> statement-breakpoint
CREATE INDEX `scans_campaign` ON `scans` (`campaign_id`,`at`) WHERE kind = 'person';--> statement-breakpoint
CREATE TABLE `api_keys` (
	`id` integer PRIMARY KEY NOT NULL,
	`workspace_id` integer NOT NULL,
	`name` text NOT NULL,
	`hash` text NOT NULL,
	`hint` text NOT NULL,
	`scopes` text NOT NULL,
	`campaign_id` integer,
	`created_at` integer NOT NULL,
	`expires_at` integer,
	`revoked_at` integer,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_hash` ON `api_keys` (`hash`);--> statement-breakpoint
CREATE TABLE `workspaces` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`token_version` integer DEFAULT 1 NOT NULL,
	`token_rotated_at` integer,
	`created_at` integer NOT NULL
);
