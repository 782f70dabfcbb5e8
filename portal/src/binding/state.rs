//! The three states of the list of locks (使用状态, 变更状态, 审核状态) and the roles, with their words.

use crate::rules::{Rules, Words};

/// Makes an enumeration that is kept as text.
macro_rules! kept {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
        pub enum $name { $($(#[$variant_doc])* #[serde(rename = $text)] $variant,)* }

        impl $name {
            /// The word in the database and in answers.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// From that word.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
        }
    };
}
pub(crate) use kept;

kept! {
    /// What a lock is at its account.
    Role {
        /// 主锁: the unit's own.
        Main = "main",
        /// 副锁: another one of the unit.
        Secondary = "secondary",
        /// 个人锁: of one of its people.
        Personal = "personal",
    }
}

kept! {
    /// 使用状态.
    Use {
        /// 正常.
        Normal = "normal",
        /// 已过期: its certificate's last day has passed.
        Expired = "expired",
        /// 停用: it was taken away.
        Stopped = "stopped",
    }
}

kept! {
    /// 变更状态.
    Change {
        /// 新增.
        New = "new",
        /// 变更: it came instead of one that it renews.
        Changed = "changed",
        /// 删除.
        Deleted = "deleted",
    }
}

kept! {
    /// 审核状态.
    Review {
        /// Nobody needs to look at it.
        None = "none",
        /// 未审核.
        Waiting = "waiting",
        /// 审核通过.
        Approved = "approved",
        /// 审核不通过.
        Rejected = "rejected",
    }
}

/// Both languages from constants.
pub(crate) fn words(zh: &str, en: &str) -> Words {
    Words { zh: zh.into(), en: en.into() }
}

impl Role {
    /// 主锁, 副锁, 个人锁.
    #[must_use]
    pub fn words(self) -> Words {
        match self {
            Self::Main => words("主锁", "Main lock"),
            Self::Secondary => words("副锁", "Secondary lock"),
            Self::Personal => words("个人锁", "Personal lock"),
        }
    }
}

impl Use {
    /// What it is now: nothing turns a row over at midnight.
    #[must_use]
    pub const fn of(ended: bool, not_after: u64, now: u64) -> Self {
        match (ended, not_after < now) {
            (true, _) => Self::Stopped,
            (false, true) => Self::Expired,
            (false, false) => Self::Normal,
        }
    }

    /// 正常, 已过期, 停用.
    #[must_use]
    pub fn words(self) -> Words {
        match self {
            Self::Normal => words("正常", "Normal"),
            Self::Expired => words("已过期", "Expired"),
            Self::Stopped => words("停用", "Stopped"),
        }
    }
}

impl Change {
    /// 新增, 变更, 删除.
    #[must_use]
    pub fn words(self) -> Words {
        match self {
            Self::New => words("新增", "New"),
            Self::Changed => words("变更", "Changed"),
            Self::Deleted => words("删除", "Deleted"),
        }
    }
}

impl Review {
    /// What a new lock starts with.
    #[must_use]
    pub const fn first(needed: bool) -> Self {
        if needed { Self::Waiting } else { Self::None }
    }

    /// Whether the lock may be used.
    #[must_use]
    pub const fn passed(self) -> bool {
        matches!(self, Self::None | Self::Approved)
    }

    /// An administrator decides; `None` when there is nothing to decide.
    #[must_use]
    pub const fn decided(self, approve: bool) -> Option<Self> {
        match (self, approve) {
            (Self::Waiting, true) => Some(Self::Approved),
            (Self::Waiting, false) => Some(Self::Rejected),
            _ => None,
        }
    }

    /// In the portal's own words, which it has for reviews of any kind.
    #[must_use]
    pub fn words(self, rules: &Rules) -> Words {
        match self {
            Self::None => words("无需审核", "No review"),
            Self::Waiting => rules.states.waiting.clone(),
            Self::Approved => rules.states.valid.clone(),
            Self::Rejected => rules.states.rejected.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::builtin;

    #[test]
    fn a_lock_is_what_its_dates_and_its_end_make_it() {
        assert_eq!(Use::of(false, 100, 100), Use::Normal, "its last second counts");
        assert_eq!(Use::of(false, 100, 101), Use::Expired);
        assert_eq!(Use::of(true, 100, 50), Use::Stopped);
    }

    #[test]
    fn only_what_waits_is_decided() {
        assert_eq!(Review::Waiting.decided(true), Some(Review::Approved));
        assert_eq!(Review::Waiting.decided(false), Some(Review::Rejected));
        for done in [Review::None, Review::Approved, Review::Rejected] {
            assert_eq!(done.decided(true), None);
        }
        assert!(!Review::Waiting.passed() && !Review::Rejected.passed());
    }

    /// D17: 使用状态 正常, 变更状态 新增, 审核状态 未审核.
    #[test]
    fn lanxi_says_it_as_its_manual_does() {
        let rules = builtin("lanxi").unwrap();
        let row = [Use::Normal.words(), Change::New.words(), Review::first(rules.binding.review).words(&rules)];
        assert_eq!(row.map(|words| words.zh), ["正常", "新增", "未审核"]);
    }

    #[test]
    fn words_are_kept_and_read_again() {
        for role in [Role::Main, Role::Secondary, Role::Personal] {
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
        assert_eq!(Review::parse("maybe"), None);
    }
}
