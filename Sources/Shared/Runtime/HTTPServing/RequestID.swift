internal import FoundationEssentials
internal import JSON
internal import Tenancy

/// The name of a request in logs, in answers and on the way to other daemons.
enum RequestID {
    /// The identifier that a client gave, when it is fit to stand in a log line and a header: 8 to 128 letters, digits
    /// and `-._:/+=@`.
    static func accepted(_ text: String?) -> String? {
        guard let text, (8...128).contains(text.utf8.count), text.utf8.allSatisfy(isPlain) else { return nil }
        return text
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._:/+=@".utf8.contains(byte)
        }
    }
}

extension IdentifierSource {
    /// A fresh request identifier.
    func requestID() -> String { UUIDText.string(uuid()) }
}
