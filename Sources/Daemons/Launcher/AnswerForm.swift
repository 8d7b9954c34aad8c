internal import JSON

extension QueueAdministration.Form {
    /// An answer as it is printed: as `text` writes it for people, or as the internal API gives it.
    func text<Shape: Encodable>(of shape: Shape, _ text: (Shape) -> String) -> String {
        switch self {
        case .text: text(shape)
        case .json: String(decoding: JSONCodec.encode(shape), as: UTF8.self) + "\n"
        }
    }
}
