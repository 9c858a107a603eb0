import type { CommercialIntent } from "../../domain/community.ts";
import type { Outcome } from "../../domain/join.ts";
import type { ProblemCode } from "../../domain/problem.ts";
import { text, type Text } from "../../domain/text.ts";

/** The pages' own words. */
export const WORDS = {
  colon: text(": ", "："),
  invitedBy: text("Invited by", "邀请人"),
  purpose: text("Purpose", "用途"),
  goal: text("Goal", "目标"),
  organiser: text("Organiser", "组织者"),
  contact: text("Contact", "联系方式"),
  verified: text("verified", "已认证"),
  values: text("Values", "价值观"),
  rules: text("Rules", "群规"),
  commercial: text("Commercial intent", "商业意图"),
  seatsLeft: text("Seats left", "剩余名额"),
  full: text(
    "No seat is free right now: you will be put on the waitlist.",
    "目前没有空位，您将进入候补名单。",
  ),
  until: text("Open until", "截止时间"),
  join: text("Join", "加入"),
  gate: text("Before you come in", "入群前请填写"),
  identity: text("How you are known", "您的账号或号码"),
  identityType: text("Known by", "身份类型"),
  identityNote: text(
    "Kept only as a keyed hash, so that you are counted once.",
    "仅以加密哈希保存，用于避免重复计数。",
  ),
  displayName: text("Name to show (optional)", "显示名称（可选）"),
  inviteCode: text("Who invited you? Their code or link (optional)", "推荐人的推荐码或链接（可选）"),
  recovery: text("Recovery code (only if you joined before)", "找回码（仅限曾经加入过）"),
  choose: text("Choose…", "请选择…"),
  submit: text("Agree and join", "同意并加入"),
  already: text("You are already in.", "您已经加入。"),
  openPass: text("Open my page", "打开我的页面"),
  yourSeat: text("Your seat", "您的席位"),
  openGroup: text("Open the group", "进入群聊"),
  scanGroup: text("Scan or long-press this code to enter the group.", "扫描或长按识别二维码进群。"),
  noGroup: text("The organiser will send you the way in.", "组织者将向您发送入群方式。"),
  noSeat: text("You have no seat at the moment.", "您目前没有席位。"),
  askSeat: text("Ask for a seat", "申请席位"),
  yourInvite: text("Your own invite", "您的专属邀请"),
  inviteNote: text("Show this code to a friend, or send them the link.", "请朋友扫描此二维码，或发送链接。"),
  progress: text("Your progress", "您的进度"),
  direct: text("invited by you", "直接邀请"),
  team: text("in your team", "团队人数"),
  rank: text("rank", "排名"),
  board: text("See the leaderboard", "查看排行榜"),
  nobodyYet: text("Nobody is on the board yet.", "暂无人上榜。"),
  standingOf: text("As of", "数据截至"),
  finalSince: text("Final result of", "最终结果："),
  nextPage: text("Next", "下一页"),
  previousPage: text("Previous", "上一页"),
  recoveryTitle: text("Your recovery code", "您的找回码"),
  recoveryNote: text(
    "Keep it: with it you find back to this page from another phone.",
    "请妥善保存：更换手机后可凭此码找回本页。",
  ),
  sendCode: text("Send me a code", "获取验证码"),
  confirm: text("Confirm", "确认"),
  backHere: text("Back", "返回"),
  confirmContact: text("Confirm your contact", "验证联系方式"),
  codeTitle: text("Type in the code", "请填写验证码"),
  codeNote: text(
    "A code is on its way. It is good for 10 minutes. If none comes, ask for another one after a minute.",
    "验证码已发出，10 分钟内有效。如未收到，请于 1 分钟后重新获取。",
  ),
  pay: text("Pay now", "去支付"),
  instead: text("What you can do instead", "查看其他方式"),
  about: text("What this group is", "本群介绍"),
  again: text("Please check what you filled in", "填写有误，请检查"),
  back: text("Back to the invite", "返回邀请页"),
  lookAgain: text("See whether it is my turn", "查看是否轮到我"),
  position: text("Your place in line", "您的候补顺位"),
  error: text("This did not work", "未能完成"),
} as const satisfies Record<string, Text>;

export const INTENTS: Record<CommercialIntent, Text> = {
  none: text("None: nothing is sold here.", "无：本群不销售任何产品。"),
  occasional: text("Occasional: offers may appear now and then.", "偶尔：可能会有少量商业信息。"),
  primary: text("Primary: the group is there to sell something.", "主要：本群以销售为目的。"),
};

export const OUTCOME_TITLES: Record<Outcome, Text> = {
  joined: text("Welcome!", "欢迎加入！"),
  already_joined: text("This identity has already joined", "该身份已加入"),
  pending: text("Not decided yet", "等待确认"),
  rejected: text("You cannot come in yet", "暂不符合入群条件"),
  waitlisted: text("You are on the waitlist", "您已进入候补名单"),
  closed: text("Closed", "已关闭"),
};

export const ALREADY_NOTE = text(
  "If that is you, open your page in the browser that you joined with, or enter the recovery code that is shown on it.",
  "如果是您本人，请使用加入时的浏览器打开您的页面，或输入该页面上显示的找回码。",
);

export const WAITLIST_NOTE = text(
  "All seats are taken. Your place is kept, and free seats are given out in order. Keep this page, and look again from time to time.",
  "目前名额已满。您的候补顺位会保留，空位将按顺序分配。请保留本页，稍后再查看。",
);

/** What a problem says to a person. Codes that are missing here say what the API says. */
export const PROBLEM_WORDS: Partial<Record<ProblemCode, Text>> = {
  invalid_request: text("Something in this request is wrong.", "提交的内容有误，请检查后重试。"),
  invalid_json: text("What was sent cannot be read.", "提交的内容无法读取。"),
  unsupported_media_type: text("What was sent cannot be read.", "提交的内容无法读取。"),
  method_not_allowed: text("This page cannot be used like that.", "此页面不支持该操作。"),
  not_rotating: text("This invite has no screen.", "该邀请没有展示页面。"),
  invite_not_found: text(
    "This invite does not exist. Check the link, or ask for a new one.",
    "邀请不存在，请检查链接或索取新的邀请。",
  ),
  invite_revoked: text("This invite was withdrawn. Ask for a new one.", "该邀请已被撤回，请索取新的邀请。"),
  invite_expired: text("This invite has expired. Ask for a new one.", "该邀请已过期，请索取新的邀请。"),
  invite_not_started: text("This invite is not valid yet. Come back later.", "该邀请尚未生效，请稍后再来。"),
  invite_used_up: text(
    "This invite has been used up. Ask for a new one.",
    "该邀请已被用完，请索取新的邀请。",
  ),
  campaign_not_open: text("This has not opened yet. Come back later.", "活动尚未开始，请稍后再来。"),
  campaign_paused: text("This is paused for the moment. Come back later.", "活动暂停中，请稍后再来。"),
  campaign_over: text("This is over. Thank you for your interest.", "活动已结束，感谢您的关注。"),
  invite_replaced: text(
    "This code was replaced by a new one. Ask the organiser for it.",
    "该二维码已更换，请向组织者索取新的二维码。",
  ),
  token_required: text(
    "This code changes all the time: scan the one that the screen shows now.",
    "此二维码会不断更新，请扫描屏幕上当前显示的二维码。",
  ),
  token_malformed: text(
    "The link is not complete. Scan the code on the screen again.",
    "链接不完整，请重新扫描屏幕上的二维码。",
  ),
  token_invalid: text(
    "This code is not genuine. Scan the code on the screen.",
    "二维码无效，请扫描屏幕上的二维码。",
  ),
  token_foreign_workspace: text(
    "This code belongs to another organiser. Scan the code on the screen.",
    "该二维码属于其他组织者，请扫描屏幕上的二维码。",
  ),
  token_foreign_invite: text(
    "This code belongs to another invite. Scan the code on the screen.",
    "该二维码属于其他邀请，请扫描屏幕上的二维码。",
  ),
  token_expired: text(
    "This code is too old: the screen has changed since. Scan the one that it shows now.",
    "二维码已过期，屏幕上的二维码已更新，请重新扫描。",
  ),
  token_future: text(
    "This code is not valid yet. Scan the one that the screen shows now.",
    "二维码尚未生效，请扫描屏幕上当前显示的二维码。",
  ),
  token_key_retired: text(
    "This code is no longer used. Scan the one that the screen shows now.",
    "二维码已停用，请扫描屏幕上当前显示的二维码。",
  ),
  ticket_required: text("Please scan the code on the screen first.", "请先扫描屏幕上的二维码。"),
  display_not_found: text("This screen is no longer in use.", "该展示页面已停用。"),
  ticket_invalid: text("Please scan the code again.", "请重新扫码。"),
  ticket_expired: text("That took too long. Please scan the code again.", "操作超时，请重新扫码。"),
  ticket_spent: text(
    "This scan already let somebody in. Please scan the code again.",
    "本次扫码已被使用，请重新扫码。",
  ),
  proof_required: text(
    "The automatic check is not done yet. Open your invite again, with JavaScript switched on.",
    "尚未完成人机验证，请开启 JavaScript 后重新打开邀请页。",
  ),
  pass_not_found: text(
    "This link does not open a page. Scan your invite again.",
    "链接无效，请重新扫描邀请码。",
  ),
  appeal_refused: text(
    "There is nothing to appeal against, or you have done so already.",
    "没有可以申诉的决定，或您已经申诉过。",
  ),
  not_found: text("There is nothing here.", "页面不存在。"),
  body_too_large: text("That was too much text.", "提交的内容过长。"),
  busy: text("Many people are here right now. Try again in a moment.", "当前访问人数较多，请稍后重试。"),
  internal: text("Something went wrong on our side. Try again in a moment.", "系统出现问题，请稍后重试。"),
};
