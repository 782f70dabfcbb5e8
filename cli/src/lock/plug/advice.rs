//! What a person is told: what to do with the device that is there now, and how to get to one where there is none.

use std::fs;
use std::path::Path;

use super::Face;
use super::introduction::Introduction;

/// Why there is no device, and what helps.
pub(super) fn no_kernel(face: Face, error: &dyn std::fmt::Display) -> String {
    let (module, node) = match face {
        Face::Hid => ("uhid", "/dev/uhid"),
        Face::Ccid => ("vhci-hcd", "/sys/devices/platform/vhci_hcd.0/attach"),
    };
    format!(
        "{node}: {error}\n\
         本机内核未提供虚拟设备 · this kernel makes no virtual device for us:\n\
         - 加载模块 · load the module, and run this as root: sudo modprobe {module}\n\
         - 或在本程序自带的环境里启动浏览器 · or start a browser in the rig that this program brings along (root and /dev/fuse):\n\
           sudo calock lock plug FILE -- chromium --no-sandbox http://localhost:8420"
    )
}

/// Printed when a device is there. `node`: its file in /dev, where it is known.
pub(super) fn plugged(who: &Introduction, node: Option<&str>) {
    let Introduction { face, vendor, product, manufacturer, product_name, .. } = who;
    let node = node.map(|node| format!(" ({node})")).unwrap_or_default();
    println!("已插入 · plugged in: {vendor:04x}:{product:04x} {manufacturer} {product_name}{node}");
    let rule = match face {
        Face::Hid => format!(r#"KERNEL=="hidraw*", KERNELS=="0003:{vendor:04X}:{product:04X}.*", TAG+="uaccess""#),
        Face::Ccid => {
            format!(
                r#"SUBSYSTEM=="usb", ATTR{{idVendor}}=="{vendor:04x}", ATTR{{idProduct}}=="{product:04x}", TAG+="uaccess""#
            )
        }
    };
    println!(
        "浏览器打不开设备时 · if the browser may not open it, /etc/udev/rules.d/70-calock.rules:\n  {rule}\n\
         然后 · then: sudo udevadm control --reload && sudo udevadm trigger"
    );
}

/// The orders that can be typed.
pub(super) fn orders() {
    println!("命令 · orders: unplug | plug | fault KIND@WHEN[:UNTIL] | clear | quit");
}

/// The hidraw node of the HID device that was made with this HID_PHYS, once the kernel has made it.
pub(super) fn hidraw(place: &str) -> Option<String> {
    let wanted = format!("HID_PHYS={place}");
    fs::read_dir("/sys/class/hidraw").ok()?.flatten().find_map(|entry| {
        let uevent = fs::read_to_string(entry.path().join("device/uevent")).ok()?;
        let name = Path::new("/dev").join(entry.file_name());
        uevent.lines().any(|line| line == wanted).then(|| name.display().to_string())
    })
}
