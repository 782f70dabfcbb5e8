//! The enterprise policy by which managed Chrome and Edge give a site its locks without a chooser (reference: token.md 4.3).

use super::profile::{Face, PROFILES, Profile};

/// What the policy shall say.
#[derive(Clone, Copy, Debug)]
pub struct Policy<'a> {
    /// The sites, as URLs without a wildcard.
    pub urls: &'a [&'a str],
    /// Also the ids that virtual locks have.
    pub tests: bool,
    /// All other sites get no device at all, whatever a person answers.
    pub only: bool,
}

impl Policy<'_> {
    /// The policy file, JSON in the order of the policies' names' use. Ids are decimal, as browsers want them. Families of which no
    /// product is known to be a lock are left out.
    #[must_use]
    pub fn json(&self) -> String {
        let mut policies = Vec::new();
        for (name, guard, usb) in [
            ("WebHidAllowDevicesForUrls", "DefaultWebHidGuardSetting", false),
            ("WebUsbAllowDevicesForUrls", "DefaultWebUsbGuardSetting", true),
        ] {
            let wanted = |profile: &&Profile| (profile.face == Face::Usb) == usb && (self.tests || !profile.is_test());
            let devices: Vec<String> = PROFILES.iter().filter(wanted).filter_map(device).collect();
            if devices.is_empty() {
                continue;
            }
            let urls: Vec<String> = self.urls.iter().map(|url| crate::json::Json::quoted(url)).collect();
            let (devices, urls) = (devices.join(", "), urls.join(", "));
            policies.push(format!("  \"{name}\": [\n    {{ \"devices\": [{devices}], \"urls\": [{urls}] }}\n  ]"));
            if self.only {
                policies.push(format!("  \"{guard}\": 2"));
            }
        }
        format!("{{\n{}\n}}\n", policies.join(",\n"))
    }
}

fn device(profile: &Profile) -> Option<String> {
    let Profile { vendor, product, .. } = profile;
    product.map(|product| format!("{{ \"vendor_id\": {vendor}, \"product_id\": {product} }}"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const URL: &str = "https://portal.example.cn";

    fn made(policy: Policy<'_>) -> Value {
        serde_json::from_str(&policy.json()).unwrap()
    }

    #[test]
    fn the_shape_that_browsers_read() {
        let policy = made(Policy { urls: &[URL], tests: false, only: true });
        assert_eq!(
            policy,
            json!({
                "WebHidAllowDevicesForUrls": [
                    { "devices": [{ "vendor_id": 1372, "product_id": 58904 }], "urls": [URL] }
                ],
                "DefaultWebHidGuardSetting": 2,
            })
        );
    }

    #[test]
    fn virtual_locks_only_when_asked_for() {
        let policy = made(Policy { urls: &[URL, "https://other.example.cn"], tests: true, only: false });
        let usb = &policy["WebUsbAllowDevicesForUrls"][0];
        assert_eq!(
            usb["devices"],
            json!([{ "vendor_id": 4617, "product_id": 2 }, { "vendor_id": 4617, "product_id": 3 }])
        );
        assert_eq!(usb["urls"].as_array().unwrap().len(), 2);
        assert_eq!(policy["WebHidAllowDevicesForUrls"][0]["devices"].as_array().unwrap().len(), 2);
        assert_eq!(policy.as_object().unwrap().len(), 2);
    }
}
