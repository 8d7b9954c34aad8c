/// A string that a terminal sent (OSC or DCS), and the answer that it is to a question of ours.
struct StringReport {
    private let introducer: UInt8
    private let text: String

    init(introducer: UInt8, _ bytes: [UInt8]) {
        self.introducer = introducer
        text = String(decoding: bytes, as: UTF8.self)
    }

    /// What it tells, `nil` for anything that was not asked for.
    var report: Input.Report? {
        switch introducer {
        case 0x50: name
        case 0x5D: page
        default: nil
        }
    }

    private var name: Input.Report? {
        guard text.hasPrefix(">|") else { return nil }
        let name = text.dropFirst(2)
        return name.isEmpty || !name.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } ? nil : .name(String(name.prefix(64)))
    }

    /// `11;rgb:` and the three parts, each of one to four hexadecimal digits.
    private var page: Input.Report? {
        guard text.hasPrefix("11;rgb:") else { return nil }
        let parts = text.dropFirst(7).split(separator: "/", omittingEmptySubsequences: false).map { digits -> UInt8? in
            guard (1...4).contains(digits.utf8.count), let value = Int(digits, radix: 16), value >= 0 else {
                return nil
            }
            return UInt8(value * 255 / ((1 << (4 * digits.utf8.count)) - 1))
        }
        guard parts.count == 3, let red = parts[0], let green = parts[1], let blue = parts[2] else { return nil }
        return .page(RGB(red: red, green: green, blue: blue))
    }
}
