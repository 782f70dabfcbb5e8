//! What happened to an account, as its user sees it: from the audit, without what is nobody's business but the portal's.

use calock::certificate::time::rfc3339;
use serde_json::{Value, json};

use crate::binding::shown::who;
use crate::binding::state::words;
use crate::rules::Words;
use crate::store::Entry;

/// One entry, for the user of an account.
pub(crate) fn shown(entry: &Entry, account: &str) -> Value {
    let detail: Value = serde_json::from_str(&entry.detail).unwrap_or_default();
    json!({
        "at": rfc3339(entry.at),
        "action": entry.action,
        "words": said(&entry.action),
        "by": who(&entry.actor, account),
        "object": entry.object,
        "reason": detail.get("reason"),
    })
}

/// An action in words; itself where there are none.
pub(crate) fn said(action: &str) -> Words {
    let known = KNOWN.iter().find(|(known, ..)| *known == action);
    known.map_or_else(|| words(action, action), |(_, zh, en)| words(zh, en))
}

const KNOWN: &[(&str, &str, &str)] = &[
    ("activate", "激活个人锁", "Personal lock activated"),
    ("approve", "审核通过", "Approved"),
    ("activate-account", "激活账号", "Account activated"),
    ("apply", "提交申请", "Request made"),
    ("attach", "上传附件", "File attached"),
    ("bind", "绑定", "Lock bound"),
    ("change", "变更", "Changed"),
    ("claim", "以证书认领账号", "Account claimed with a certificate"),
    ("commit", "承诺书签章", "Letter of commitment sealed"),
    ("confirm", "确认换锁", "Renewal confirmed"),
    ("create", "新增", "Added"),
    ("detach", "删除附件", "File removed"),
    ("enter", "新增从业人员", "Person entered"),
    ("leave", "从业人员离职", "Person left"),
    ("letter", "生成承诺书", "Letter of commitment made"),
    ("login", "登录", "Login"),
    ("password", "修改密码", "Password changed"),
    ("refuse", "不予办理", "Request refused"),
    ("register", "注册", "Registered"),
    ("reject", "审核不通过", "Sent back"),
    ("renew", "更换证书", "Certificate renewed"),
    ("reset-password", "重置密码", "Password reset"),
    ("seal", "提交签章文件", "Sealed document sent"),
    ("restore", "取消作废", "Restored"),
    ("roles", "调整主体类型", "Roles removed"),
    ("save", "保存", "Saved"),
    ("submit", "提交", "Submitted"),
    ("sync", "同步", "Synchronised"),
    ("unbind", "解绑", "Lock unbound"),
    ("unlock", "解锁账号", "Account unlocked"),
    ("void", "作废", "Made void"),
    ("withdraw", "撤销", "Withdrawn"),
];
