internal import FoundationEssentials

/// Going to a thing by its identifier.
enum TypedIdentifier {
    /// Asks for the identifier of a thing, such as `an execution`.
    static func prompt<Command: Sendable & Hashable>(
        of thing: String, _ command: @escaping @Sendable (String) -> Command
    ) -> Prompt {
        Prompt(
            "Go to \(thing)", hint: "Its identifier, or a text with it in",
            problem: { find(in: $0) == nil ? "There is no identifier in it" : nil }, command)
    }

    /// The first identifier in a text: pasted are also addresses, log lines and JSON.
    static func find(in text: String) -> UUID? {
        let parts = text.split { !($0.isHexDigit || $0 == "-") }
        for part in parts where part.count >= 36 {
            for start in 0...(part.count - 36) {
                if let id = UUID(uuidString: String(part.dropFirst(start).prefix(36))) { return id }
            }
        }
        return nil
    }
}
