internal import Settings

/// The address of a store, as settings give it.
enum StorageAddress {
    /// `http` or `https`, a host, and what there is of a path without the slash at its end. The port that everybody takes is
    /// left out: signatures cover the host as it is sent.
    static let setting = SettingKind<String>(
        expected: "an address such as https://storage.example.com, without a query", text: { $0 },
        parse: { parse($0) })

    static func parse(_ text: String) -> String? {
        var address = Substring(text)
        while address.last == "/" { address.removeLast() }
        for (scheme, port) in [("https://", ":443"), ("http://", ":80")] where address.hasPrefix(scheme) {
            let rest = address.dropFirst(scheme.count)
            let slash = rest.firstIndex(of: "/") ?? rest.endIndex
            var host = rest[..<slash]
            if host.hasSuffix(port), !host.dropLast(port.count).isEmpty { host = host.dropLast(port.count) }
            guard !host.isEmpty,
                rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x3F && $0 != 0x23 && $0 != 0x40 })
            else { return nil }
            return "\(scheme)\(host)\(rest[slash...])"
        }
        return nil
    }

    /// Names of buckets, containers and accounts, which become parts of addresses.
    static let name = SettingKind<String>(
        expected: "a name of letters, digits, dots, dashes and underlines", text: { $0 },
        parse: { text in
            let isName =
                !text.isEmpty && text.utf8.count <= 222
                && text.utf8.allSatisfy {
                    switch $0 {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                        true
                    default: false
                    }
                }
            return isName ? text : nil
        })
}
