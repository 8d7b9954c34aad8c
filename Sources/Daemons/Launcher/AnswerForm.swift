internal import JSON
internal import Tenancy

extension QueueAdministration.Form {
    /// An answer as it is printed: as `text` writes it for people, or as the internal API gives it.
    func text<Shape: Encodable>(of shape: Shape, _ text: (Shape) -> String) -> String {
        switch self {
        case .text: text(shape)
        case .json: Self.line(of: shape)
        }
    }

    /// JSON in one line. Whatever would steer a terminal is escaped, so that it is the same text when it is read.
    static func line(of shape: some Encodable) -> String {
        let text = String(decoding: JSONCodec.encode(shape), as: UTF8.self)
        guard text.unicodeScalars.contains(where: ShownText.steers) else { return text + "\n" }
        return text.unicodeScalars.map { scalar in
            guard ShownText.steers(scalar) else { return String(scalar) }
            let digits = String(scalar.value, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined() + "\n"
    }
}
