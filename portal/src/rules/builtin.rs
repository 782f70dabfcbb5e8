//! The rules that come with this crate: five portals as their manuals say, and what we recommend.

use super::{Rules, RulesError};

/// Name and text of each file.
pub const BUILTIN: [(&str, &str); 6] = [
    ("demo", include_str!("../../profiles/demo.toml")),
    ("fengtai", include_str!("../../profiles/fengtai.toml")),
    ("daxing", include_str!("../../profiles/daxing.toml")),
    ("changde", include_str!("../../profiles/changde.toml")),
    ("lanxi", include_str!("../../profiles/lanxi.toml")),
    ("hunan", include_str!("../../profiles/hunan.toml")),
];

/// Those rules, by name.
///
/// # Errors
/// [`RulesError`] for a name that is none of them.
pub fn builtin(name: &str) -> Result<Rules, RulesError> {
    let text = BUILTIN.iter().find(|(known, _)| *known == name).map(|(_, text)| *text);
    let names: Vec<&str> = BUILTIN.iter().map(|(name, _)| *name).collect();
    let unknown =
        || RulesError { line: 0, column: 0, message: format!("no rules {name:?}; there are {}", names.join(", ")) };
    Rules::parse(text.ok_or_else(unknown)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{Activation, How, Kind, May, NameChange, Personal, RenewalHow};

    #[test]
    fn the_six_are_read_and_named_after_their_files() {
        for (name, _) in BUILTIN {
            let rules = builtin(name).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(rules.id, name);
        }
        assert!(builtin("beijing").unwrap_err().message.contains("fengtai"));
    }

    /// Each rule with the row of the list that it stands for.
    #[test]
    fn the_manuals_rules_are_in_their_files() {
        let of = |name| builtin(name).unwrap();
        let (fengtai, daxing, changde, lanxi, hunan) =
            (of("fengtai"), of("daxing"), of("changde"), of("lanxi"), of("hunan"));
        assert_eq!(fengtai.products.len(), 3, "A03");
        let pass =
            |rules: &Rules| rules.products.iter().find(|product| product.id == "yizhengtong").unwrap().may.clone();
        assert_eq!((pass(&fengtai), pass(&daxing)), (vec![May::LogIn], vec![May::LogIn]), "A04, B13");
        assert!(!daxing.password.once_bound && daxing.password.attempts == 5, "B04, B21");
        assert!(
            daxing.binding.secondary && daxing.unbinding.by_user && daxing.unbinding.when.is_some(),
            "B10, B15, B17"
        );
        assert_eq!(
            (changde.binding.how, changde.binding.personal),
            (How::AtFirstLogin, Personal::Activated),
            "C14, C18"
        );
        assert_eq!((changde.registration.sync_minutes, changde.binding.several), (30, true), "C02, C15");
        assert!(daxing.sentences["KEY_NOT_BOUND"].zh.contains("政府采购交易系统"), "B23");
        assert!([&fengtai, &daxing].iter().all(|rules| rules.products.iter().all(|one| one.offered.is_some())), "B12");
        assert!([&fengtai, &daxing].iter().all(|rules| rules.registration.tips.len() == 2), "A16 to A18, B01");
        assert!(fengtai.password.once_bound && !fengtai.binding.several && !fengtai.unbinding.by_user, "A22");
        assert!(!changde.registration.review_changes && changde.registration.letter.is_some(), "C20, C03");
        assert_eq!(changde.names.change, NameChange::InSystem, "C21");
        assert_eq!(lanxi.registration.activation, Activation::Code, "D04");
        let first = |rules: &Rules| -> Vec<String> {
            rules.registration.fields.iter().filter(|field| field.first).map(|field| field.key.clone()).collect()
        };
        assert_eq!(first(&lanxi), ["name", "contact", "phone", "mail"], "D03");
        assert_eq!(first(&hunan), ["name", "code"], "E03, E05");
        assert!(lanxi.binding.review && lanxi.renewal.how == RenewalHow::Review, "D18, D16");
        assert_eq!(lanxi.password.length, [6, 15], "D03");
        assert_eq!(hunan.registration.kinds, [Kind::Unit, Kind::Person], "E03");
        assert!(hunan.submissions.paper_only_by_password && hunan.submissions.history, "E11, E18");
        assert!(hunan.submissions.kinds.iter().all(|kind| kind.by_lock), "E14 to E17");
    }

    #[test]
    fn what_is_not_understood_is_named_with_its_place() {
        let (_, text) = BUILTIN[0];
        let wrong = text.replacen("[binding]\n", "[binding]\nhaste = true\n", 1);
        let error = Rules::parse(&wrong).unwrap_err();
        let line = wrong.lines().position(|line| line == "haste = true").unwrap() + 1;
        assert_eq!((error.line, error.column), (line, 1), "{error}");
        assert!(error.to_string().contains("haste"), "{error}");
        let wrong = text.replacen("review = ", "review = 7 #", 1);
        assert!(Rules::parse(&wrong).unwrap_err().line > 0);
    }
}
