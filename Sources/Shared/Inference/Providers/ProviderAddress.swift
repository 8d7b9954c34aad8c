/// How paths are appended to a provider's address.
enum ProviderAddress {
    /// `path` under `base`, with `version` between them unless the base ends in one (`/v1`, `/v1beta`), in `/openai`, or
    /// in the whole path already.
    static func url(_ base: String, version: String, path: String) -> String {
        var base = Substring(base)
        while base.last == "/" { base.removeLast() }
        if !path.isEmpty, base.hasSuffix(path) { return String(base) }
        return "\(base)\(endsInVersion(base) ? "" : "/\(version)")\(path)"
    }

    private static func endsInVersion(_ base: Substring) -> Bool {
        let path = base.firstRange(of: "://").map { base[$0.upperBound...] } ?? base
        let last = path.split(separator: "/").dropFirst().last ?? ""
        return last == "openai" || last.first == "v" && last.dropFirst().first?.isNumber == true
    }

    /// A name as one segment of a path.
    static func segment(_ name: String) -> String {
        var output: [UInt8] = []
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: "@"):
                output.append(byte)
            default:
                let digits = Array("0123456789ABCDEF".utf8)
                output += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}
